// The cards of a PC. A virtual machine's own come first, so that `auto` takes them where they are.
#include "network.h"

extern const struct network_driver driver_virtio_net, driver_virtio_net_legacy, driver_e1000, driver_e1000_message, driver_pcnet;

const struct network_driver *const network_drivers[] = {&driver_virtio_net, &driver_virtio_net_legacy, &driver_e1000, &driver_e1000_message, &driver_pcnet, 0};
