#include "crypto/base/charset_names.h"

#include <string>
#include <unordered_map>

namespace culvert {
namespace {

using Order = KnownCharset::Order;

constexpr std::size_t kMaxNameOctets = 40;

struct Row {
  std::string_view converter;
  Order order;
  std::string_view names;  // as plain_name returns them
};
// The names that mail uses: the registry of IANA, the labels of the Encoding Standard (WHATWG), and
// what older programs write. Only an attacker uses EBCDIC in mail; the usual forms are included.
constexpr Row kRows[] = {
    {"", Order::certain,
     "8bit ansix3.41968 ascii binary default unknown unknown8bit usascii xunknown"},
    {"UTF-8", Order::certain, "unicode11utf8 unicode20utf8 utf8 xunicode20utf8"},
    {"ARMSCII-8", Order::certain, "armscii8"},
    {"BIG5-HKSCS", Order::certain,
     "big5 big5hkscs cnbig5 cp950 csbig5 csbig5hkscs ms950 windows950 xbig5 xxbig5"},
    {"CP1250", Order::certain, "ansi1250 cp1250 cswindows1250 win1250 windows1250 xcp1250"},
    {"CP1251", Order::certain, "ansi1251 cp1251 cswindows1251 win1251 windows1251 xcp1251"},
    {"CP1252", Order::certain, "ansi1252 cp1252 cswindows1252 win1252 windows1252 xcp1252"},
    {"CP1253", Order::certain, "ansi1253 cp1253 cswindows1253 win1253 windows1253 xcp1253"},
    {"CP1254", Order::certain, "ansi1254 cp1254 cswindows1254 win1254 windows1254 xcp1254"},
    {"CP1255", Order::certain, "ansi1255 cp1255 cswindows1255 win1255 windows1255 xcp1255"},
    {"CP1256", Order::certain, "ansi1256 cp1256 cswindows1256 win1256 windows1256 xcp1256"},
    {"CP1257", Order::certain, "ansi1257 cp1257 cswindows1257 win1257 windows1257 xcp1257"},
    {"CP1258", Order::certain, "ansi1258 cp1258 cswindows1258 win1258 windows1258 xcp1258"},
    {"CP437", Order::certain, "437 cp437 csibm437 dos437 ibm437"},
    {"CP737", Order::certain, "737 cp737 csibm737 dos737 ibm737"},
    {"CP775", Order::certain, "775 cp775 csibm775 dos775 ibm775"},
    {"CP850", Order::certain, "850 cp850 csibm850 dos850 ibm850"},
    {"CP852", Order::certain, "852 cp852 csibm852 dos852 ibm852"},
    {"CP855", Order::certain, "855 cp855 csibm855 dos855 ibm855"},
    {"CP857", Order::certain, "857 cp857 csibm857 dos857 ibm857"},
    {"CP858", Order::certain, "858 cp858 csibm858 dos858 ibm858"},
    {"CP860", Order::certain, "860 cp860 csibm860 dos860 ibm860"},
    {"CP861", Order::certain, "861 cp861 csibm861 dos861 ibm861"},
    {"CP862", Order::certain, "862 cp862 csibm862 dos862 ibm862"},
    {"CP863", Order::certain, "863 cp863 csibm863 dos863 ibm863"},
    {"CP864", Order::certain, "864 cp864 csibm864 dos864 ibm864"},
    {"CP865", Order::certain, "865 cp865 csibm865 dos865 ibm865"},
    {"CP866", Order::certain, "866 cp866 csibm866 dos866 ibm866"},
    {"CP869", Order::certain, "869 cp869 csibm869 dos869 ibm869"},
    {"CP874", Order::certain, "cp874 dos874 iso885911 tis620 windows874 xwindows874"},
    {"CP932", Order::certain,
     "cp932 cp943 csshiftjis cswindows31j ms932 mskanji shiftjis sjis windows31j "
     "windows932 xmscp932 xshiftjis xsjis"},
    {"EUC-JP-MS", Order::certain, "cseucpkdfmtjapanese eucjp eucjpms ujis xeucjp"},
    {"EUC-TW", Order::certain, "euctw xeuctw"},
    {"GB18030", Order::certain,
     "chinese cngb cp936 csgb18030 csgb2312 csgbk csiso58gb231280 euccn gb18030 "
     "gb2312 gb231280 gbk isoir58 ms936 windows936 xeuccn xgbk"},
    {"GEORGIAN-ACADEMY", Order::certain, "georgianacademy"},
    {"GEORGIAN-PS", Order::certain, "georgianps"},
    {"IBM037", Order::certain, "cp037 ebcdiccpus ebcdicus ibm037"},
    {"IBM1026", Order::certain, "cp1026 ibm1026"},
    {"IBM1047", Order::certain, "ibm1047"},
    {"IBM1140", Order::certain, "cp1140 ibm1140"},
    {"IBM273", Order::certain, "cp273 ibm273"},
    {"IBM500", Order::certain, "cp500 ebcdiccpbe ibm500"},
    {"ISO-2022-CN", Order::certain, "csiso2022cn iso2022cn"},
    {"ISO-2022-JP-3", Order::certain,
     "cp50220 cp50221 cp50222 csiso2022jp csiso2022jp2 iso2022jp iso2022jp1 "
     "iso2022jp2 iso2022jp3 iso2022jpms xiso2022jp"},
    {"ISO-2022-KR", Order::certain, "csiso2022kr iso2022kr"},
    {"ISO-8859-1", Order::certain,
     "88591 cp819 csisolatin1 ibm819 iso88591 iso88591:1987 isoir100 l1 latin1"},
    {"ISO-8859-10", Order::certain, "885910 csisolatin6 iso885910 isoir157 l6 latin6"},
    {"ISO-8859-13", Order::certain, "885913 iso885913 l7 latin7"},
    {"ISO-8859-14", Order::certain, "885914 iso885914 isoceltic l8 latin8"},
    {"ISO-8859-15", Order::certain, "885915 csisolatin9 iso885915 l9 latin9"},
    {"ISO-8859-16", Order::certain, "885916 iso885916 l10 latin10"},
    {"ISO-8859-2", Order::certain, "88592 csisolatin2 iso88592 iso88592:1987 isoir101 l2 latin2"},
    {"ISO-8859-3", Order::certain, "88593 csisolatin3 iso88593 iso88593:1988 isoir109 l3 latin3"},
    {"ISO-8859-4", Order::certain, "88594 csisolatin4 iso88594 iso88594:1988 isoir110 l4 latin4"},
    {"ISO-8859-5", Order::certain,
     "88595 csisolatincyrillic cyrillic iso88595 iso88595:1988 isoir144"},
    {"ISO-8859-6", Order::certain,
     "88596 arabic asmo708 csiso88596e csiso88596i csisolatinarabic ecma114 iso88596 "
     "iso88596:1987 iso88596e iso88596i isoir127"},
    {"ISO-8859-7", Order::certain,
     "88597 csisolatingreek ecma118 elot928 greek greek8 iso88597 iso88597:1987 "
     "isoir126 suneugreek"},
    {"ISO-8859-8", Order::certain,
     "88598 csiso88598e csiso88598i csisolatinhebrew hebrew iso88598 iso88598:1988 "
     "iso88598e iso88598i isoir138 logical visual"},
    {"ISO-8859-9", Order::certain, "88599 csisolatin5 iso88599 iso88599:1989 isoir148 l5 latin5"},
    {"JOHAB", Order::certain, "cp1361 johab ms1361"},
    {"KOI8-R", Order::certain, "cskoi8r koi koi8 koi8r"},
    {"KOI8-U", Order::certain, "cskoi8u koi8ru koi8u"},
    {"MAC", Order::certain, "csmacintosh mac macintosh macroman xmacroman"},
    {"MAC-CENTRALEUROPE", Order::certain, "maccentraleurope xmacce xmaccentraleurroman"},
    {"MAC-CYRILLIC", Order::certain, "maccyrillic xmaccyrillic"},
    {"MAC-UK", Order::certain, "macukrainian xmacukrainian"},
    {"TCVN", Order::certain, "tcvn tcvn5712 xviettcvn"},
    {"UHC", Order::certain,
     "cp949 cseuckr csksc56011987 euckr isoir149 korean ksc5601 ksc56011987 "
     "ksc56011989 ms949 uhc windows949 xwindows949"},
    {"UTF-16BE", Order::certain, "csutf16be unicodefffe utf16be"},
    {"UTF-16LE", Order::certain, "csutf16le unicodefeff utf16le"},
    {"UTF-32BE", Order::certain, "csutf32be utf32be"},
    {"UTF-32LE", Order::certain, "csutf32le utf32le"},
    {"UTF-7", Order::certain,
     "csunicode11utf7 csutf7 u7 unicode11utf7 unicode20utf7 utf7 xunicode20utf7"},
    {"VISCII", Order::certain, "csviscii viscii"},
    {"UTF-16", Order::may_differ, "csunicode csutf16 u16 unicode utf16"},
    {"UTF-16BE", Order::may_differ, "iso10646ucs2 ucs2"},
    {"UTF-32", Order::may_differ, "csutf32 u32 utf32"},
    {"UTF-32BE", Order::may_differ, "csucs4 iso10646 iso10646ucs4 ucs4"},
};

// Lower case, without `-` and `_`, which programs write as they like; cut to kMaxNameOctets.
std::string plain_name(std::string_view name) {
  std::string out;
  for (const char c : name.substr(0, kMaxNameOctets)) {
    if (c != '-' && c != '_') out.push_back(c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c);
  }
  return out;
}

using Known = std::unordered_map<std::string_view, KnownCharset>;

Known all_known() {
  Known known;
  for (const Row& row : kRows) {
    for (std::string_view rest = row.names; !rest.empty();) {
      const std::size_t end = rest.find(' ');
      known.emplace(rest.substr(0, end), KnownCharset{row.converter, row.order});
      rest.remove_prefix(end == rest.npos ? rest.size() : end + 1);
    }
  }
  return known;
}

}  // namespace

const KnownCharset* find_charset(std::string_view name) {
  static const Known kKnown = all_known();
  const auto found = kKnown.find(plain_name(name));
  return found == kKnown.end() ? nullptr : &found->second;
}

}  // namespace culvert
