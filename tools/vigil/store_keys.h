// vigil store keygen|rekey: the keys that records are sealed for.
#ifndef VIGIL_TOOLS_VIGIL_STORE_KEYS_H_
#define VIGIL_TOOLS_VIGIL_STORE_KEYS_H_

#include <CLI/App.hpp>

namespace vigil {

void AddStoreKeyCommands(CLI::App& store);

}  // namespace vigil

#endif  // VIGIL_TOOLS_VIGIL_STORE_KEYS_H_
