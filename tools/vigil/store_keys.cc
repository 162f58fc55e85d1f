#include "tools/vigil/store_keys.h"

#include <filesystem>
#include <iostream>
#include <memory>

#include <CLI/CLI.hpp>

#include "engine/base/text.h"
#include "estimator/store/sealed_codec.h"
#include "estimator/store/store.h"

namespace vigil {
namespace {

struct KeyArguments {
  std::string store, secret, public_file;
  bool forget = false;
};

void MakeKeys(const KeyArguments& arguments) {
  if (std::filesystem::exists(arguments.secret)) {
    throw Error(Fault::kApi, ErrorCode::kMisuse,
                Text("key file '", arguments.secret,
                     "' exists: expected a new name (`vigil store rekey` changes keys)"));
  }
  ReadOrMakeKeys(arguments.secret, arguments.public_file);
  std::cout << "wrote " << arguments.secret << ", for the evaluator alone, and "
            << arguments.public_file << ", for every process that runs T\n";
}

Store Open(const KeyArguments& arguments, const KeyRing& ring) {
  StoreOptions options{.create = false};
  options.codec = OpeningCodec(ring);
  return Store(arguments.store, std::move(options));
}

// The files change before the store does, and the old keys stay until nothing needs them: whenever
// this is interrupted, every record still opens.
void ChangeKeys(const KeyArguments& arguments) {
  KeyRing ring = ReadKeyRing(arguments.secret);
  if (arguments.forget) {
    const std::int64_t moved = Open(arguments, ring).Reseal();
    ring.erase(ring.begin() + 1, ring.end());
    WriteKeyRing(ring, arguments.secret);
    std::cout << "sealed " << moved << " waiting records anew; " << arguments.secret
              << " holds the newest key alone\n";
    return;
  }
  Open(arguments, ring);  // whatever is wrong with it is said before a key changes
  ring.insert(ring.begin(), SecretKey::Generate());
  WriteKeyRing(ring, arguments.secret);
  WritePublicKey(ring.front().public_key(), arguments.public_file);
  const std::int64_t moved = Open(arguments, ring).Reseal();
  std::cout << "new key in " << arguments.secret << " and " << arguments.public_file << ", "
            << moved << " waiting records sealed anew\n"
            << ring.size() - 1 << " older keys stay for processes that have not read the new one; "
            << "when they have, run this with --forget\n";
}

void AddKeyOptions(CLI::App& command, KeyArguments& arguments) {
  command.add_option("--secret", arguments.secret, "The evaluator's keys: a file of mode 0600")
      ->required();
  command.add_option("--public", arguments.public_file, "The key that T's processes seal with")
      ->required();
}

}  // namespace

void AddStoreKeyCommands(CLI::App& store) {
  const auto made = std::make_shared<KeyArguments>();
  CLI::App* keygen = store.add_subcommand("keygen", "Make the evaluator's keys");
  AddKeyOptions(*keygen, *made);
  keygen->callback([made] { MakeKeys(*made); });

  const auto changed = std::make_shared<KeyArguments>();
  CLI::App* rekey =
      store.add_subcommand("rekey", "Make a new key and seal the waiting records anew");
  rekey->add_option("PATH", changed->store, "The store's file")->required();
  AddKeyOptions(*rekey, *changed);
  rekey->add_flag("--forget", changed->forget,
                  "make no new key, but drop the older ones once nothing waits for them");
  rekey->callback([changed] { ChangeKeys(*changed); });
}

}  // namespace vigil
