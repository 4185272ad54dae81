#include <CLI/CLI.hpp>

#include "certificates/statement.h"
#include "harness/cli/app.h"
#include "harness/cli/cli.h"

namespace ackproof {

namespace {

void add_keygen(CLI::App& app, Command& command) {
  CLI::App* keygen = app.add_subcommand("keygen", "Make a pair of keys that sign certificates");
  keygen->callback([&command] { command.verb = Command::Verb::keygen; });
  keygen
      ->add_option("-o,--out", command.keygen.out,
                   "NAME of NAME.key, which signs and is yours alone, and of NAME.pub. Neither may "
                   "exist")
      ->required();
  keygen->footer("Examples:\n  ackproof keygen --out ann");
}

void add_attest(CLI::App& app, Command& command) {
  AttestCommand& order = command.attest;
  CLI::App* attest =
      app.add_subcommand("attest", "Sign a certificate on the record of a run that certifies");
  attest->callback([&command] { command.verb = Command::Verb::attest; });
  attest->add_option("record", order.record, "A run.json of whole profiles")->required();
  attest->add_option("--key", order.key, "The secret key: NAME.key")->required();
  attest->add_option("-o,--out", order.out, "The certificate")->capture_default_str();
  CLI::Option* signer =
      attest->add_option("--signer", order.signer, "The name that stands in the certificate")
          ->check([](const std::string& name) {
            return certificates::is_blank(name) ? "the name is blank" : std::string();
          });
  attest
      ->add_flag("--third-party", order.third_party,
                 "Not the provider's own author signs, but somebody else, whom --signer names")
      ->needs(signer);
  attest->add_option("--valid-days", order.valid_days, "So long it is worth something")
      ->check(CLI::Range(1U, 3'650U))
      ->capture_default_str();
  attest->footer(
      "A record that does not certify gets no certificate: exit code 7, and the reason.\n"
      "Examples:\n"
      "  ackproof attest ackproof-report/run.json --key ann.key --signer 'Ann Example'\n"
      "  ackproof attest run.json --key lab.key --signer 'Test Lab' --third-party --valid-days 90");
}

void add_verify(CLI::App& app, Command& command) {
  VerifyCommand& order = command.verify;
  CLI::App* verify = app.add_subcommand(
      "verify", "Check a certificate, and judge its record again; needs no network");
  verify->callback([&command] { command.verb = Command::Verb::verify; });
  verify->add_option("certificate", order.certificate, "A certificate.json")->required();
  verify->add_option("--record", order.record, "The run.json that it is about")->required();
  verify->add_option("--key", order.key, "The public key that you trust: NAME.pub")->required();
  verify->add_option("--revoked", order.revoked,
                     "A list of keys, certificates and versions that are believed no longer");
  verify->add_option("--at", order.at,
                     "When it has to be valid: 2026-05-04T10:00:00Z or 2026-05-04. Default: now");
  verify->footer(
      "Exit codes: 0 believed, 7 refused, with the reason.\n"
      "Examples:\n"
      "  ackproof verify certificate.json --record run.json --key ann.pub\n"
      "  ackproof verify certificate.json --record run.json --key ann.pub --revoked revoked.txt\n"
      "A list of what is revoked looks like this:\n"
      "  ackproof-revocations 1\n"
      "  key          sha256:...  stolen on 2026-11-02\n"
      "  certificate  sha256:...  of the wrong build\n"
      "  suite        1.0.0       asked LOCK_2 of nobody\n"
      "  end");
}

}  // namespace

void add_certificate_commands(CLI::App& app, Command& command) {
  add_keygen(app, command);
  add_attest(app, command);
  add_verify(app, command);
}

}  // namespace ackproof
