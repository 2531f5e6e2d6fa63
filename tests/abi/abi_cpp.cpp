// The same, as C++ sees it.
#include "abi.c"
