// Does the opening of messages tell which RSA PKCS#1 v1.5 blocks are right? 10,000 inputs for each
// cipher at the interface, half of them right, half wrong in each of the ways of pkcs1_inputs.h, in
// random order; every message of the same size, every key another one than the content's.
//
// Claims, each measured here; the program ends with 1 if one does not hold:
//   AES-256-GCM  every answer is the same, and nothing is released;
//   AES-256-CBC  right and wrong blocks end like a padding as often as a random key does;
//   both         no difference in time: Welch's |t| < 4.5 between the right blocks and the wrong
//                ones, and between the right ones and each way to be wrong.
//
// Time is the thread's processor time of one opening. As dudect does it (Reparaz, Balasch,
// Verbauwhede, 2017), t is computed over all measurements and over those below several percentiles
// of all, because the slowest were interrupted; the largest |t| counts.
//     CULVERT_SHARED=/path/to/shared oracle_bench
#include <fmt/format.h>

#include <cmath>
#include <ctime>
#include <limits>
#include <random>
#include <set>

#include "tests/crypto/cms/pkcs1_inputs.h"

namespace culvert::crypto::testing {
namespace {

constexpr std::size_t kInputs = 10'000;
constexpr double kMostT = 4.5;
constexpr double kPercentiles[] = {1, 0.99, 0.95, 0.9, 0.75, 0.5};
// How far a count may be from what is expected, in standard deviations.
constexpr double kMostDeviations = 4.5;
// An ending like a padding: 1/256 for one octet, and what longer ones add.
constexpr double kLikePadding = 1.0 / 255;

constexpr std::size_t kRight = kWrongBlocks.size();  // the form of the right blocks

struct Input {
  std::size_t form;
  Bytes message;
};

struct Measured {
  std::size_t form;
  double nanoseconds;
  std::string answer;
};

double thread_nanoseconds() {
  timespec now{};
  clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return static_cast<double>(now.tv_sec) * 1e9 + static_cast<double>(now.tv_nsec);
}

std::vector<Input> make_inputs(const TransportMessage& message) {
  std::vector<Input> inputs;
  for (std::size_t i = 0; i < kInputs; ++i) {
    const std::size_t form = i % 2 == 0 ? kRight : (i / 2) % kWrongBlocks.size();
    const Bytes block = form == kRight ? right_block() : kWrongBlocks[form].make();
    inputs.push_back({form, message.with_block(block)});
  }
  std::shuffle(inputs.begin(), inputs.end(), std::mt19937(std::random_device{}()));
  return inputs;
}

Measured measure(const Input& input, Bytes& buffer, const KeyRing& ring) {
  // All are read from the same place, so that none is nearer to the processor.
  std::copy(input.message.begin(), input.message.end(), buffer.begin());
  ViewSource source(buffer);
  const double start = thread_nanoseconds();
  const auto opened = EnvelopedReader::open(source, ring);
  const double took = thread_nanoseconds() - start;
  if (opened) return {input.form, took, "opened"};
  return {input.form, took, opened.error().code + "|" + opened.error().text};
}

struct Moments {
  double count = 0, mean = 0, squares = 0;
  void add(double value) {
    count += 1;
    const double delta = value - mean;
    mean += delta / count;
    squares += delta * (value - mean);
  }
  double error() const { return squares / (count - 1) / count; }
};

struct Comparison {
  double t = 0;
  // The smallest difference that would be noticed.
  double seen_nanoseconds = std::numeric_limits<double>::infinity();
};

// Of the right blocks against those that `is_other` tells, over what took at most `bound`.
Comparison compare_below(const std::vector<Measured>& all, double bound,
                         const std::function<bool(std::size_t)>& is_other) {
  Moments right, other;
  for (const Measured& one : all) {
    if (one.nanoseconds > bound) continue;
    if (one.form == kRight) right.add(one.nanoseconds);
    if (is_other(one.form)) other.add(one.nanoseconds);
  }
  if (right.count < 30 || other.count < 30) return {};
  const double error = std::sqrt(right.error() + other.error());
  return {(right.mean - other.mean) / error, kMostT * error};
}

Comparison compare(const std::vector<Measured>& all,
                   const std::function<bool(std::size_t)>& is_other) {
  std::vector<double> times;
  for (const Measured& one : all)
    times.push_back(one.nanoseconds);
  std::sort(times.begin(), times.end());
  Comparison worst;
  for (const double percentile : kPercentiles) {
    const auto at = static_cast<std::size_t>(percentile * static_cast<double>(times.size() - 1));
    const Comparison here = compare_below(all, times[at], is_other);
    if (std::abs(here.t) >= std::abs(worst.t)) worst.t = here.t;
    worst.seen_nanoseconds = std::min(worst.seen_nanoseconds, here.seen_nanoseconds);
  }
  return worst;
}

bool claim(bool holds, const std::string& text) {
  fmt::print("{} {}\n", holds ? "  ok  " : "FAILED", text);
  return holds;
}

bool claim_time(const std::vector<Measured>& all, std::string_view name,
                const std::function<bool(std::size_t)>& is_other) {
  const Comparison found = compare(all, is_other);
  return claim(std::abs(found.t) < kMostT,
               fmt::format("time, right against {}: t = {:+.2f} ({:.0f} ns would be seen)", name,
                           found.t, found.seen_nanoseconds));
}

bool claim_times(const std::vector<Measured>& all) {
  bool good = claim_time(all, "all wrong", [](std::size_t form) { return form != kRight; });
  for (std::size_t i = 0; i < kWrongBlocks.size(); ++i) {
    good &= claim_time(all, kWrongBlocks[i].name, [i](std::size_t form) { return form == i; });
  }
  return good;
}

bool claim_one_answer(const std::vector<Measured>& all) {
  std::set<std::string> answers;
  for (const Measured& one : all)
    answers.insert(one.answer);
  return claim(answers.size() == 1 && *answers.begin() != "opened",
               fmt::format("answers: {}, the first is {}", answers.size(), *answers.begin()));
}

// How often one class ended like a padding, against the expectation.
bool claim_share(const std::vector<Measured>& all, std::string_view name, bool right) {
  double count = 0, opened = 0;
  for (const Measured& one : all) {
    if ((one.form == kRight) != right) continue;
    count += 1;
    opened += one.answer == "opened" ? 1 : 0;
  }
  const double expected = count * kLikePadding;
  const double deviations = (opened - expected) / std::sqrt(expected);
  return claim(std::abs(deviations) < kMostDeviations,
               fmt::format("{}: {:.0f} of {:.0f} ended like a padding, {:.1f} expected", name,
                           opened, count, expected));
}

bool claim_random_keys(const std::vector<Measured>& all) {
  std::set<std::string> answers;
  for (const Measured& one : all)
    answers.insert(one.answer);
  bool good = claim(answers.size() <= 2, fmt::format("answers: {}", answers.size()));
  good &= claim_share(all, "right blocks", true);
  good &= claim_share(all, "wrong blocks", false);
  return good;
}

bool run(const std::filesystem::path& root, const char* cipher) {
  fmt::print("{}\n", cipher);
  const TransportMessage message(root, cipher);
  const std::vector<Input> inputs = make_inputs(message);
  Bytes buffer(message.whole().size());
  for (std::size_t i = 0; i < 200; ++i)
    (void)measure(inputs[i], buffer, message.ring());  // warms up
  std::vector<Measured> all;
  for (const Input& input : inputs)
    all.push_back(measure(input, buffer, message.ring()));
  const bool right_answers =
      message.whole().size() == inputs[0].message.size() &&
      (std::string_view(cipher) == "aes256-gcm" ? claim_one_answer(all) : claim_random_keys(all));
  return claim_times(all) && right_answers;
}

}  // namespace
}  // namespace culvert::crypto::testing

int main() {
  using namespace culvert::crypto::testing;
  const auto root = vectors_folder();
  if (!root) {
    fmt::print(stderr, "oracle_bench: no test vectors: set CULVERT_SHARED\n");
    return 2;
  }
  const bool gcm = run(*root, "aes256-gcm");
  const bool cbc = run(*root, "aes256-cbc");
  return gcm && cbc ? 0 : 1;
}
