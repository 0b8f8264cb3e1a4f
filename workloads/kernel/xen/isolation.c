// Page-table isolation is for kernels that share a directory with programs and hide from them by ring alone. Xen itself hides from both by
// segment limits here, and a domain that wanted two directories would ask it for each change: not built.
#include "panic.h"
#include "paravirt.h"

void isolation_init(bool wanted) {
    if (wanted) panic("isolation=on is an option of the native build only", 0);
}
