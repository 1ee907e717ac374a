#include "node/telemetry/metrics_text.hpp"
#include "node/telemetry/version.hpp"

#include <filesystem>
#include <fstream>
#include <iterator>
#include <sstream>
#include <sys/resource.h>
#include <thread>
#include <unistd.h>

namespace alleycat {

namespace {

/// Fields of /proc/self/stat from the third on ("state" is index 0): the second is a name that may hold blanks.
std::vector<double> stat_fields() {
  std::ifstream in{"/proc/self/stat"};
  const std::string line{std::istreambuf_iterator<char>{in}, {}};
  std::istringstream rest{line.substr(line.rfind(')') + 1)};
  std::string state;
  rest >> state;
  std::vector<double> fields{0.0};
  for (double value = 0; rest >> value;)
    fields.push_back(value);
  return fields;
}

/// Unix time of the system's start, seconds.
double boot_time() {
  std::ifstream in{"/proc/stat"};
  for (std::string word; in >> word;)
    if (double seconds = 0; word == "btime" && in >> seconds)
      return seconds;
  return 0;
}

} // namespace

void collect_process(collector& into) {
  // proc(5): utime 14, stime 15, num_threads 20, starttime 22, vsize 23, rss 24, counted from 1.
  const auto stat = stat_fields();
  const auto field = [&](std::size_t from_one) { return stat.at(from_one - 3); };
  const auto ticks = static_cast<double>(sysconf(_SC_CLK_TCK));
  into.add(metric("process_cpu_seconds_total"), (field(14) + field(15)) / ticks);
  into.add(metric("process_threads"), field(20));
  into.add(metric("process_start_time_seconds"), boot_time() + field(22) / ticks);
  into.add(metric("process_virtual_memory_bytes"), field(23));
  into.add(metric("process_resident_memory_bytes"), field(24) * static_cast<double>(sysconf(_SC_PAGESIZE)));
  into.add(metric("alleycat_cpus"), std::thread::hardware_concurrency());
  using entries = std::filesystem::directory_iterator;
  // The listing itself is open while it counts.
  const auto open_files = std::distance(entries{"/proc/self/fd"}, entries{}) - 1;
  into.add(metric("process_open_fds"), static_cast<double>(open_files));
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) == 0)
    into.add(metric("process_max_fds"), static_cast<double>(limit.rlim_cur));
}

void collect_build(collector& into) {
  const auto& made_of = versions();
  into.add(metric("alleycat_build_info"), 1,
           {{"version", std::string{made_of.alleycat}},
            {"revision", std::string{made_of.commit}},
            {"caf", std::string{made_of.caf}},
            {"nats", std::string{made_of.nats_c}},
            {"lmdb", std::string{made_of.lmdb}}});
}

} // namespace alleycat
