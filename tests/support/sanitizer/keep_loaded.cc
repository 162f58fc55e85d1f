// Linked into the executables of sanitized builds. A leak is put down to the library that lies where it was allocated;
// the Vulkan loader has closed its drivers and layers by then, and what they leaked would be nobody's. So nothing is
// ever closed.
extern "C" int dlclose(void*) { return 0; }
