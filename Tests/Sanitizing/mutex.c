// Where a thread must wait for a Mutex of Swift's, it takes it inside of Swift's library, which is not built for the thread
// sanitizer: unseen, so that all that the lock protects looks like a race. Built for it, threads wait here in place of
// there, and are seen. No other build has anything of this.

#if __has_feature(thread_sanitizer)

#include <sched.h>
#include <stdatomic.h>
#include <stdint.h>

#define HANDLE __attribute__((swift_context)) _Atomic(uint32_t) *handle

// Synchronization._MutexHandle._lockSlow(Swift.UInt32): the handle is the number of the thread that has it, 0 for none.
__attribute__((swiftcall)) void wait_for_mutex(uint32_t thread, HANDLE)
    __asm__("$s15Synchronization12_MutexHandleV9_lockSlowyys6UInt32VF");

__attribute__((swiftcall)) void wait_for_mutex(uint32_t thread, HANDLE) {
    uint32_t none = 0;
    while (!atomic_compare_exchange_weak_explicit(handle, &none, thread, memory_order_acquire, memory_order_relaxed)) {
        none = 0;
        sched_yield();
    }
}

#endif
