// The cards of a PC, and the front end of Xen's. A virtual machine's own come first, so that `auto` takes them where they are. A paravirtual
// domain has the first alone: the others are no part of its image.
#include "network.h"

#define WEAK __attribute__((weak))
extern const struct network_driver driver_xen_net WEAK, driver_virtio_net WEAK, driver_virtio_net_legacy WEAK, driver_e1000 WEAK,
    driver_e1000_message WEAK, driver_pcnet WEAK;

const struct network_driver *const network_drivers[] = {
    &driver_xen_net, &driver_virtio_net, &driver_virtio_net_legacy, &driver_e1000, &driver_e1000_message, &driver_pcnet, 0,
};
