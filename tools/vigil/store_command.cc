#include <iostream>

#include <CLI/CLI.hpp>
#include <nlohmann/json.hpp>

#include "engine/base/text.h"
#include "estimator/report/counts_json.h"
#include "estimator/store/salvage.h"
#include "estimator/store/sealed_codec.h"
#include "estimator/store/store.h"
#include "tools/vigil/command.h"
#include "tools/vigil/format.h"
#include "tools/vigil/store_keys.h"

namespace vigil {
namespace {

struct StoreArguments {
  std::string path;
  std::string secret;  // a file of keys; empty: payloads that are sealed stay so
  bool json = false;
  bool yes = false;
  bool salvage = false;
};

StoreOptions Options(const StoreArguments& arguments) {
  StoreOptions options{.create = false};
  options.codec =
      arguments.secret.empty() ? LookingCodec() : OpeningCodec(ReadKeyRing(arguments.secret));
  return options;
}

std::unique_ptr<Store> Open(const StoreArguments& arguments) {
  return std::make_unique<Store>(arguments.path, Options(arguments));
}

// Of a store that is sound there is nothing to salvage.
void SalvageIfDamaged(const StoreArguments& arguments) {
  try {
    const std::vector<std::string> problems = Open(arguments)->Verify();
    if (problems.empty()) return;
    for (const std::string& problem : problems) std::cerr << problem << "\n";
  } catch (const Error& error) {
    if (error.code() != ErrorCode::kMalformed) throw;
    std::cerr << error.what() << "\n";
  }
  const SalvageReport report = SalvageStore(arguments.path, Options(arguments));
  for (const std::int64_t id : report.lost_records) std::cerr << "record " << id << " is lost\n";
  std::cerr << "moved " << report.records << " waiting records and " << report.verdicts
            << " verdicts into a new file; lost " << report.lost_records.size() << " and "
            << report.lost_without_id << " records without a trace but their counts, and "
            << report.lost_verdicts << " verdicts; the old file is " << report.damaged << "\n";
}

nlohmann::json ToJson(const StoreStats& stats) {
  nlohmann::json json = ToJson(stats.totals);
  json.update({{"records", stats.records},
               {"unopenable", stats.unopenable},
               {"verdicts", stats.verdicts},
               {"epochs", stats.epochs},
               {"appended_records", stats.appended_records},
               {"appended_bytes", stats.appended_bytes},
               {"bytes_per_record", stats.bytes_per_record},
               {"images_stored", stats.images},
               {"file_bytes", stats.file_bytes},
               {"journal_bytes", stats.journal_bytes},
               {"records_this_hour", stats.records_this_hour},
               {"written_today", stats.written_today}});
  return json;
}

void PrintStats(const StoreStats& stats) {
  const auto bytes = [](std::int64_t count) {
    return FormatBytes(static_cast<std::uint64_t>(count));
  };
  Table table({"what", "figure", "meaning"}, {2});
  const auto add = [&](const char* what, std::string figure, const char* meaning) {
    table.Add({what, std::move(figure), meaning});
  };
  add("inferences", std::to_string(stats.totals.seen), "seen in the epochs that still stand");
  add("kept", std::to_string(stats.totals.kept), "records, a fair sample of each epoch");
  add("waiting", std::to_string(stats.records), "records that PE has not judged");
  if (stats.unopenable > 0) {
    add("sealed", std::to_string(stats.unopenable), "of these, for a key that is not here");
  }
  add("judged", std::to_string(stats.totals.judged), "verdicts; their taps are deleted");
  add("dropped", std::to_string(stats.totals.dropped), "lost to the sample: not represented");
  add("expired", std::to_string(stats.totals.expired), "removed unjudged: not represented");
  add("set aside", std::to_string(stats.totals.set_aside),
      "PE failed on them twice, or they were damaged");
  add("epochs", std::to_string(stats.epochs), "of sampling");
  add("bytes a record", FormatFixed(stats.bytes_per_record, 0),
      "mean of all that were ever appended, compressed");
  add("images", std::to_string(stats.images), "there is no place for any");
  add("file", bytes(stats.file_bytes), "");
  add("journal", bytes(stats.journal_bytes), "beside the file");
  add("last hour", std::to_string(stats.records_this_hour), "records appended by all processes");
  add("last 24 hours", bytes(stats.written_today), "written, the journal included");
  table.Print(std::cout);
}

void RunStats(const StoreArguments& arguments) {
  const StoreStats stats = Open(arguments)->Stats();
  if (arguments.json) {
    std::cout << ToJson(stats).dump(2) << "\n";
  } else {
    PrintStats(stats);
  }
}

void RunVerify(const StoreArguments& arguments) {
  if (arguments.salvage) SalvageIfDamaged(arguments);
  const std::unique_ptr<Store> store = Open(arguments);
  const std::vector<std::string> problems = store->Verify();
  const std::int64_t unopenable = problems.empty() ? store->Stats().unopenable : 0;
  if (arguments.json) {
    std::cout << nlohmann::json{{"sound", problems.empty()},
                                {"problems", problems},
                                {"unopenable", unopenable}}
                     .dump(2)
              << "\n";
  } else {
    for (const std::string& problem : problems) std::cout << problem << "\n";
    if (problems.empty() && unopenable == 0) {
      std::cout << "sound: the counts add up and every payload can be read\n";
    } else if (problems.empty()) {
      std::cout << "sound: the counts add up; " << unopenable
                << " records are sealed for a key that is not here, and were not looked into"
                << (arguments.secret.empty() ? " (--secret FILE)" : "") << "\n";
    }
  }
  if (!problems.empty()) {
    throw Error(
        Fault::kInput, ErrorCode::kMalformed,
        Text("store '", arguments.path, "' has ", problems.size(), " problems: expected none"));
  }
}

void RunPurge(const StoreArguments& arguments) {
  const std::unique_ptr<Store> store = Open(arguments);
  const StoreStats stats = store->Stats();
  if (!arguments.yes) {
    throw Error(Fault::kApi, ErrorCode::kMisuse,
                Text("purge of store '", arguments.path, "' would delete ", stats.records,
                     " records and ", stats.verdicts, " verdicts: expected --yes"));
  }
  store->Purge();
  std::cout << "deleted " << stats.records << " records and " << stats.verdicts << " verdicts\n";
}

void AddAction(CLI::App& command, const char* name, const char* help,
               void (*run)(const StoreArguments&)) {
  const auto arguments = std::make_shared<StoreArguments>();
  CLI::App* action = command.add_subcommand(name, help);
  action->add_option("PATH", arguments->path, "The store's file")->required();
  if (run == RunPurge) {
    action->add_flag("--yes", arguments->yes, "Really delete");
  } else {
    action->add_option("--secret", arguments->secret,
                       "The evaluator's keys, to open what is sealed");
    action->add_flag("--json", arguments->json, "Print JSON");
  }
  if (run == RunVerify) {
    action->add_flag("--salvage", arguments->salvage,
                     "Set a damaged file aside and make a new one of what can be read; nothing "
                     "else may have the store open");
  }
  action->callback([arguments, run] { run(*arguments); });
}

}  // namespace

void AddStoreCommand(CLI::App& app) {
  CLI::App* command = app.add_subcommand("store", "The record store of a device");
  command->require_subcommand(1);
  AddAction(*command, "stats", "What it holds, and what became of the rest", RunStats);
  AddAction(*command, "verify", "Whether the file is sound and its counts add up", RunVerify);
  AddAction(*command, "purge", "Delete all records and verdicts, leaving no trace", RunPurge);
  AddStoreKeyCommands(*command);
}

}  // namespace vigil
