/// What a failed check says, and that it ends the process: seen from a child process.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <csignal>
#include <stdexcept>
#include <string>
#include <sys/resource.h>

namespace alleycat {

/// How a child process ended that ran something.
struct last_words {
  bool aborted = false; ///< by SIGABRT
  std::string text;     ///< what it wrote to standard error
};

/// Runs `what` in a child process of one thread. A child in which nothing goes wrong says nothing and ends with 0.
template <class What>
last_words last_words_of(What&& what) {
  int pipe_ends[2];
  if (pipe(pipe_ends) != 0)
    throw std::runtime_error{"no pipe"};
  const auto child = fork();
  if (child < 0)
    throw std::runtime_error{"no child process"};
  if (child == 0) {
    // Catch2 handles SIGABRT; here it must do what it does elsewhere, without a core file.
    std::signal(SIGABRT, SIG_DFL);
    const rlimit no_core{0, 0};
    setrlimit(RLIMIT_CORE, &no_core);
    dup2(pipe_ends[1], STDERR_FILENO);
    close(pipe_ends[0]);
    what();
    _exit(0);
  }
  close(pipe_ends[1]);
  last_words heard;
  char buffer[512];
  for (;;) {
    const auto size = read(pipe_ends[0], buffer, sizeof buffer);
    if (size <= 0)
      break;
    heard.text.append(buffer, static_cast<std::size_t>(size));
  }
  close(pipe_ends[0]);
  int status = 0;
  waitpid(child, &status, 0);
  heard.aborted = WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT;
  return heard;
}

/// Whether a check in `file` with `expression` ends the process that runs `what`.
template <class What>
bool dies_of(const std::string& file, const std::string& expression, What&& what) {
  const auto heard = last_words_of(what);
  return heard.aborted && heard.text.starts_with(file + ":") &&
         heard.text.ends_with(": check failed: " + expression + "\n");
}

} // namespace alleycat
