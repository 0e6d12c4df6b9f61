#ifndef SCORESERVE_SERVER_ENGINE_CLASS_SHARES_H_
#define SCORESERVE_SERVER_ENGINE_CLASS_SHARES_H_

#include "server/engine/work_class.h"

namespace scoreserve {

// Device time by class of work: each has an account, seconds divided by its
// weight, and who has less is *behind*. If the device goes to whoever is behind
// whenever it is behind, the classes that want it get time as their weights
// are, to one turn: at any moment the accounts of two that have wanted it ever
// since some earlier one differ by at most their longest turn over its weight
// more than then. Thread-compatible.
class ClassShares {
 public:
  // Weights must be positive.
  explicit ClassShares(const ByClass<double>& weights) : weights_(weights) {}

  // Tells who wants the device now. A class that begins to want it gets the
  // least account of those that did already: no claim to the time it let pass.
  void Want(const ByClass<bool>& wants);

  void Served(WorkClass work_class, double seconds) {
    accounts_[IndexOf(work_class)] += seconds / weights_[IndexOf(work_class)];
  }

  // Whether `a` has had less of the device than `b`, weights considered.
  bool Behind(WorkClass a, WorkClass b) const {
    return accounts_[IndexOf(a)] < accounts_[IndexOf(b)];
  }

 private:
  const ByClass<double> weights_;
  ByClass<double> accounts_ = {};
  ByClass<bool> wants_ = {};
};

}  // namespace scoreserve

#endif  // SCORESERVE_SERVER_ENGINE_CLASS_SHARES_H_
