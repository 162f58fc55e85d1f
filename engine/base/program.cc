#include "engine/base/program.h"

#include <iostream>
#include <new>

#include "engine/base/error.h"

namespace vigil {

int RunProgram(std::string_view name, int (*body)(int argc, char** argv), int argc, char** argv) {
  try {
    return body(argc, argv);
  } catch (const Error& error) {
    std::cerr << name << ": " << FaultName(error.fault()) << " error: " << error.what() << "\n";
  } catch (const std::bad_alloc&) {
    std::cerr << name << ": gpu error: out of host memory\n";
  } catch (const std::exception& error) {
    std::cerr << name << ": internal error: " << error.what() << "\n";
  } catch (...) {
    std::cerr << name << ": internal error: unknown\n";
  }
  return 1;
}

}  // namespace vigil
