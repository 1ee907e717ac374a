/// Stands for a node that is killed: starts a nats-server in the folder given, tells its pid and port, and waits to
/// be killed.
#include "node/nats_server/nats_process.hpp"

#include <cstdio>
#include <unistd.h>

int main(int argc, char** argv) {
  if (argc != 2)
    return 2;
  alleycat::nats_process server{{.data = argv[1], .port = 0, .ws_port = 0}};
  if (const auto fault = server.start()) {
    std::fprintf(stderr, "%s\n", fault->c_str());
    return 1;
  }
  std::printf("%d %d\n", server.pid(), server.ports().client);
  std::fflush(stdout);
  for (;;)
    pause();
}
