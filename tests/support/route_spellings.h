// Local parts by which a server may be made to send mail on, and honest ones that look a little
// like them. tests/e2e/relay/spellings.py holds the whole addresses for real servers.
#pragma once

#include <string>
#include <vector>

namespace culvert::tests {

inline const std::vector<std::string> kRelayLocalParts = {
    // Percent signs, once and more, with and without quotes.
    "victim%world.example",
    "victim%world.example%c.example",
    "%world.example",
    "victim%",
    "victim%192.0.2.1",
    "\"victim%world.example\"",
    "\"victim\\%world.example\"",
    "victim%world%40x",
    // UUCP paths.
    "world.example!victim",
    "c.example!world.example!victim",
    "!victim",
    "\"world.example!victim\"",
    "victim!world.example%c.example",
    // A second address.
    "\"victim@world.example\"",
    "\"victim\\@world.example\"",
    "\"@world.example:victim\"",
    "\"@c.example,@world.example:victim@d.example\"",
    "\"victim@world.example \"",
    "\"<victim@world.example>\"",
    // Commands, files, options, orders.
    "|touch/tmp/x",
    "\"|touch /tmp/x\"",
    "a|b",
    "/etc/passwd",
    "\"/etc/passwd\"",
    "\"../../etc/passwd\"",
    "\"mail/../../etc/passwd\"",
    "-oQ/tmp",
    "\"-f victim\"",
    "\":include:/etc/passwd\"",
    "\":blackhole:\"",
    "root+${run{x}}",
    // What a program reads that normalises: full width, small and vertical forms.
    "victim\uff05world.example",
    "victim\uff20world.example",
    "world.example\uff01victim",
    "victim\ufe6aworld.example",
    "victim\ufe6bworld.example",
    "world.example\ufe57victim",
    "world.example\ufe15victim",
    "world.example\u203cvictim",
    "a\uff5cb",
    "\uff0foetc",
    "\uff0doQ",
    "\u200b-oQ",
    "\ufe63oQ",
    "\uff04{run{x}}",
    "root+$\uff5brun{x}}",
    "\ufe69\ufe5brun}",
    "$\ufe37run}",
    "\u2025/etc",
    "\u2024\u2024/etc",
    "mail/\uff0e\uff0e/etc",
    "mail\uff0f.\ufe52\uff0fetc",
    "mail/\ufe30/etc",
    // Controls above ASCII.
    "victim\u0085x",
    "victim\u009bx",
};

inline const std::vector<std::string> kHonestLocalParts = {
    "joe",
    "Joe.Doe+list",
    "joe-doe",
    "joe/sales",
    "o'brien",
    "bounce+x=y.example",
    "SRS0=Hhh=TT=c.example=joe",
    "SRS1=Hhh=d.example==Hhh=TT=c.example=joe",
    "prvs=0123456789=joe",
    "btv1==0123456789==joe",
    "list-bounces+joe=c.example",
    "joe#x",
    "$joe",
    "{joe}",
    "*",
    "joe=40world.example",
    "\"joe doe\"",
    "\"joe..doe\"",
    "\"joe:doe\"",
    "j\u00fcrgen",
    "joe\u2026",
    "\uff04joe",
    "joe\uff0edoe",
    "\u5f20\u4e09",
    "\u0e01\u200d\u0e02",
};

}  // namespace culvert::tests
