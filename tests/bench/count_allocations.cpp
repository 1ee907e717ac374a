/// Counts what a process allocates. To be preloaded (LD_PRELOAD), with the name of an empty file in BENCH_ALLOCATIONS: the file becomes
/// a table of 64-byte slots, each three 64-bit numbers in the machine's order (allocations, their bytes, deallocations), to be
/// summed up by whoever reads it, also while the process runs. A thread has a slot of its own as long as there are some: counting in one
/// place would make threads wait for each other. Without the variable it only passes calls on.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>

// What glibc itself calls: no search for the real functions, which would allocate.
extern "C" {
void* __libc_malloc(std::size_t size);
void* __libc_calloc(std::size_t count, std::size_t size);
void* __libc_realloc(void* old, std::size_t size);
void* __libc_memalign(std::size_t alignment, std::size_t size);
void __libc_free(void* old);
}

namespace {

struct alignas(64) slot {
  std::atomic<std::uint64_t> allocations;
  std::atomic<std::uint64_t> bytes;
  std::atomic<std::uint64_t> deallocations;
};

constexpr std::size_t slots = 1'024;

std::atomic<slot*> table = nullptr;
std::atomic<std::size_t> taken = 0;
[[gnu::tls_model("initial-exec")]] thread_local slot* mine = nullptr;

[[gnu::constructor]] void open_table() {
  const char* name = std::getenv("BENCH_ALLOCATIONS");
  if (name == nullptr)
    return;
  const int file = open(name, O_RDWR | O_CLOEXEC);
  if (file < 0 || ftruncate(file, slots * sizeof(slot)) != 0)
    std::abort();
  void* memory = mmap(nullptr, slots * sizeof(slot), PROT_READ | PROT_WRITE, MAP_SHARED, file, 0);
  close(file);
  if (memory == MAP_FAILED)
    std::abort();
  table = static_cast<slot*>(memory); // all zero
}

slot* own_slot() {
  if (mine == nullptr)
    if (auto* all = table.load(std::memory_order_acquire); all != nullptr)
      mine = all + taken.fetch_add(1, std::memory_order_relaxed) % slots;
  return mine;
}

void* counted(void* memory, std::size_t size) {
  if (memory != nullptr)
    if (auto* s = own_slot(); s != nullptr) {
      s->allocations.fetch_add(1, std::memory_order_relaxed);
      s->bytes.fetch_add(size, std::memory_order_relaxed);
    }
  return memory;
}

void count_free(const void* memory) {
  if (memory != nullptr)
    if (auto* s = own_slot(); s != nullptr)
      s->deallocations.fetch_add(1, std::memory_order_relaxed);
}

} // namespace

extern "C" {

void* malloc(std::size_t size) noexcept {
  return counted(__libc_malloc(size), size);
}

void* calloc(std::size_t count, std::size_t size) noexcept {
  return counted(__libc_calloc(count, size), count * size);
}

void* realloc(void* old, std::size_t size) noexcept {
  count_free(old);
  return counted(__libc_realloc(old, size), size);
}

void* memalign(std::size_t alignment, std::size_t size) noexcept {
  return counted(__libc_memalign(alignment, size), size);
}

void* aligned_alloc(std::size_t alignment, std::size_t size) noexcept {
  return counted(__libc_memalign(alignment, size), size);
}

int posix_memalign(void** into, std::size_t alignment, std::size_t size) noexcept {
  if (alignment < sizeof(void*) || (alignment & (alignment - 1)) != 0)
    return EINVAL;
  void* memory = counted(__libc_memalign(alignment, size), size);
  if (memory == nullptr)
    return ENOMEM;
  *into = memory;
  return 0;
}

void free(void* old) noexcept {
  count_free(old);
  __libc_free(old);
}

} // extern "C"
