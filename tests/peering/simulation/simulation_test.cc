// Runs the simulation (world.h) with many seeds. `--seeds FROM COUNT` runs those and tells how long
// it takes; a failing seed prints its history. `--history SEED` prints that of any.
#include <gtest/gtest.h>

#include <chrono>
#include <cstdlib>
#include <iostream>

#include "crypto/base/log.h"
#include "tests/peering/simulation/world.h"

namespace culvert::peering::simulation {
namespace {

constexpr std::size_t kSteps = 200;
constexpr std::uint64_t kSeeds = 20;

// More by SIMULATION_SEEDS in the environment: `tools/test --full` does.
std::uint64_t seeds_wanted() {
  const char* given = std::getenv("SIMULATION_SEEDS");
  return given == nullptr ? kSeeds : std::stoull(given);
}

TEST(Simulation, EveryPropertyHoldsWithEverySeed) {
  for (std::uint64_t seed = 1; seed <= seeds_wanted(); ++seed) {
    const std::string failure = World(seed).run(kSteps);
    ASSERT_EQ(failure, "") << "seed " << seed;
  }
}

int run_seeds(std::uint64_t from, std::uint64_t count) {
  const auto begun = std::chrono::steady_clock::now();
  for (std::uint64_t seed = from; seed < from + count; ++seed) {
    const std::string failure = World(seed).run(kSteps);
    if (failure.empty()) continue;
    std::cout << "seed " << seed << "\n" << failure;
    return 1;
  }
  const std::chrono::duration<double> took = std::chrono::steady_clock::now() - begun;
  std::cout << count << " seeds from " << from << " held, " << took.count() << " s\n";
  return 0;
}

}  // namespace
}  // namespace culvert::peering::simulation

int main(int argc, char** argv) {
  culvert::set_log_level(culvert::LogLevel::error);
  ::setenv("TEST_TMPDIR", "/dev/shm", 0);
  if (argc == 4 && std::string_view(argv[1]) == "--seeds") {
    return culvert::peering::simulation::run_seeds(std::stoull(argv[2]), std::stoull(argv[3]));
  }
  if (argc == 3 && std::string_view(argv[1]) == "--history") {
    culvert::peering::simulation::World world(std::stoull(argv[2]));
    std::cout << world.run(culvert::peering::simulation::kSteps);
    for (const std::string& line : world.history())
      std::cout << line << "\n";
    return 0;
  }
  testing::InitGoogleTest(&argc, argv);
  return RUN_ALL_TESTS();
}
