// The other side of child.h: a process of this program, of one thread, from which the children are forked. Starting a
// program anew costs 10 ms, most of it for loading the client libraries of all stores; a fork costs a fifth of one.
#pragma once

#include <functional>
#include <string>
#include <vector>

namespace ackproof {

// Where a nursery is spoken to, and where its children write their line.
inline constexpr int kNurseryDescriptor = 3;

// What goes to and fro. A request carries two descriptors: for the child's line and for its output.
struct NurseryAnswer {
  int pid = 0;     // The child's, in the first answer; 0: it could not be started.
  int error = 0;   // Why not, as an errno.
  int status = 0;  // As waitpid tells it, in the second.
};

// What a child does; returns its exit status.
using ChildTask = std::function<int(const std::vector<std::string>& arguments)>;

// The life of a nursery whose parent has this process id: forks a child for each request, which leads a process group
// of its own and does `task`; tells its process id; and once it has ended, or the parent says another word, kills the
// whole group and tells how it ended. Returns when the parent is done, and dies with it.
int tend_nursery(int parent, const ChildTask& task);

// In a child: writes the line for the parent.
void report_to_parent(const std::string& line);

// The parent's side of a message, used by child.cc. False: the nursery is gone.
bool send_request(int socket, const std::vector<std::string>& arguments, int line, int output);
bool receive_answer(int socket, NurseryAnswer& answer);

}  // namespace ackproof
