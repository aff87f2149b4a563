// The one libc call Swift cannot import because it is variadic.
#include <sys/prctl.h>

static inline int chardening_refuse_memory_dumps(void) { return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0); }
