#include "crypto/keys/asn1_time.h"

#include <fmt/format.h>

#include <algorithm>

namespace culvert::crypto {
namespace {

constexpr std::size_t kUtcLength = 13;
constexpr std::size_t kGeneralizedLength = 15;
constexpr int kUtcTurn = 50;  // RFC 5280, 4.1.2.5.1

int two_digits(std::string_view text, std::size_t at) {
  return (text[at] - '0') * 10 + (text[at + 1] - '0');
}

}  // namespace

std::optional<Time> parse_asn1_time(std::string_view text) {
  if (text.size() != kUtcLength && text.size() != kGeneralizedLength) return std::nullopt;
  if (text.back() != 'Z') return std::nullopt;
  const std::string_view digits = text.substr(0, text.size() - 1);
  if (!std::all_of(digits.begin(), digits.end(), [](char c) { return c >= '0' && c <= '9'; })) {
    return std::nullopt;
  }
  int year = two_digits(digits, 0);
  std::size_t at = 2;
  if (text.size() == kGeneralizedLength) {
    year = year * 100 + two_digits(digits, 2);
    at = 4;
  } else {
    year += year >= kUtcTurn ? 1900 : 2000;
  }
  const std::chrono::year_month_day day{
      std::chrono::year(year), std::chrono::month(static_cast<unsigned>(two_digits(digits, at))),
      std::chrono::day(static_cast<unsigned>(two_digits(digits, at + 2)))};
  const int hour = two_digits(digits, at + 4);
  const int minute = two_digits(digits, at + 6);
  const int second = two_digits(digits, at + 8);
  if (!day.ok() || hour > 23 || minute > 59 || second > 59) return std::nullopt;
  return std::chrono::sys_days(day) + std::chrono::hours(hour) + std::chrono::minutes(minute) +
         std::chrono::seconds(second);
}

std::string asn1_time_text(Time t) {
  const auto days = std::chrono::floor<std::chrono::days>(t);
  const std::chrono::year_month_day day(days);
  const std::chrono::hh_mm_ss clock(t - days);
  const int year = static_cast<int>(day.year());
  const std::string rest =
      fmt::format("{:02}{:02}{:02}{:02}{:02}Z", static_cast<unsigned>(day.month()),
                  static_cast<unsigned>(day.day()), clock.hours().count(), clock.minutes().count(),
                  clock.seconds().count());
  if (year >= 1950 && year < 2050) return fmt::format("{:02}", year % 100) + rest;
  return fmt::format("{:04}", year) + rest;
}

}  // namespace culvert::crypto
