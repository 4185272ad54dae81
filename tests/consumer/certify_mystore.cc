// A stranger's project: certifies a small provider of its own with the installed ackproof.
#include "harness/main.h"
#include "mystore.h"

int main(int argc, char** argv) {
  return ackproof::main(argc, argv,
                        {{
                            .name = "mystore",
                            .summary = "Vectors in memory.",
                            .open = mystore::open,
                            .destroy = mystore::destroy,
                        }});
}
