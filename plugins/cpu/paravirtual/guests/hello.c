// Says hello with what it was started with, and switches itself off.
#include "xen.h"

void trapped(struct frame *frame) { (void)frame; }

int main(void) {
    print((const char *)start_info);
    print("\n");
    print_number("pages", PAGES);
    print_number("tables", TABLE_FRAMES);
    print_number("version", hypercall(XEN_VERSION, 0, 0, 0, 0, 0) >> 16);
    print((const char *)(start_info + 80));
    print("\n");
    EXPECT(MACHINE_MAP[FRAME_LIST[7]] == 7);
    power_off();
}
