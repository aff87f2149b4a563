// libsystemd's C interface, and the one libc call Swift cannot import because it is variadic.
#include <sys/prctl.h>
#include <systemd/sd-daemon.h>
#include <systemd/sd-journal.h>

static inline int csystemd_refuse_memory_dumps(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }
