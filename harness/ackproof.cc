// The executable: the reference providers, and the mutants that show what the suite notices.
#include "harness/main.h"
#include "reference_providers/all.h"
#ifdef ACKPROOF_HAVE_MUTANTS
#include "tests/mutants/mutants.h"
#endif

int main(int argc, char** argv) {
#ifdef ACKPROOF_HAVE_MUTANTS
  return ackproof::main(argc, argv, ackproof::reference_providers(), ackproof::mutants);
#else
  return ackproof::main(argc, argv, ackproof::reference_providers());
#endif
}
