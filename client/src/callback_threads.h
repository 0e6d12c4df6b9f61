#ifndef SCORESERVE_CLIENT_SRC_CALLBACK_THREADS_H_
#define SCORESERVE_CLIENT_SRC_CALLBACK_THREADS_H_

namespace scoreserve {
inline namespace client {

// To be called before anything is started with gRPC's callback interface. gRPC
// ends the threads that run callbacks when the last channel that used them
// goes. One of those threads may drop that last reference itself, after the
// callback of a call that outlived its Client; it would wait for its own end,
// and gRPC 1.51 aborts. From the first call of this on the threads stay, as
// long as the process does. Thread-safe.
void KeepCallbackThreads();

}  // namespace client
}  // namespace scoreserve

#endif  // SCORESERVE_CLIENT_SRC_CALLBACK_THREADS_H_
