// The command `matrix`: the jobs in which continuous integration certifies, as its systems read them.
#pragma once

#include <string>
#include <vector>

#include "harness/registry.h"

namespace ackproof {

struct MatrixCommand {
  std::vector<std::string> providers = {"all"};
  std::vector<std::string> profiles;  // None: what each provider declares.
  std::vector<std::string> setups;    // None: all that a provider can have.
  std::string format = "github";
  bool has_changed = false;  // Only what `changed` concerns.
  std::vector<std::string> changed;
  std::vector<std::string> paths;  // NAME=GLOB; none: the rules of this repository.
  std::string image = "debian:12";
  std::string before;
};

// One certification: of one provider, in one setup, for one profile.
struct Job {
  std::string provider;
  std::string
      setup;  // "embedded"; "private": on a server of ackproof's own; "service": on one that the job brings.
  std::string server;  // The kind, as ProviderFactory::server; empty: none.
  std::string profile;
  std::string name() const { return provider + "-" + setup + "-" + profile; }
};

// {"include": […]} on one line, for strategy.matrix of GitHub Actions. `image` and `uri` are those of the service, empty
// where there is none; `uri` names it as a job sees it that runs in a container.
std::string github_matrix(const std::vector<Job>& jobs);

// A child pipeline. Its jobs take `program` from the job `build` of the pipeline $PARENT_PIPELINE_ID. Without any jobs it
// has one that does nothing, because GitLab refuses an empty pipeline.
std::string gitlab_pipeline(const std::vector<Job>& jobs, const MatrixCommand& command,
                            const std::string& program);

// Prints them. `program` is this program, as it was typed. Returns the exit code.
int matrix(const Registry& registry, const MatrixCommand& command, const std::string& program);

}  // namespace ackproof
