#include <unistd.h>

#include <iostream>
#include <memory>
#include <random>
#include <string>
#include <thread>
#include <utility>

#include "absl/strings/str_cat.h"
#include "absl/time/clock.h"
#include "client/cmd/commands.h"
#include "client/cmd/fine_tune_text.h"
#include "client/cmd/interrupt.h"
#include "client/cmd/json.h"
#include "client/cmd/outcome.h"
#include "client/cmd/tune_arguments.h"
#include "client/cmd/tune_data.h"
#include "client/cmd/tune_progress.h"
#include "scoreserve/client.h"

namespace scoreserve::ctl {
namespace {

// The job, made or found again.
absl::StatusOr<FineTune> Create(Client& client, const TuneOptions& options,
                                const ModelRef& base, const TuneData& data,
                                const CallOptions& call) {
  const absl::StatusOr<ModelInfo> model = client.GetModel(base, call);
  if (!model.ok()) return model.status();
  if (data.rows.dim != model->dim()) {
    return UsageError(absl::StrCat(
        "rows must have ", model->dim(), " numbers, as ", model->name, " has; ",
        options.data.data, " has ", data.rows.dim,
        options.data.columns.empty() ? " (--columns picks some)" : " there"));
  }
  const absl::StatusOr<ObjectiveList> objectives = client.ListObjectives(call);
  if (!objectives.ok()) return objectives.status();
  const absl::StatusOr<FineTuneSpec> spec = SpecOf(options, base, *objectives);
  if (!spec.ok()) return spec.status();
  const std::string id = options.id.empty()
                             ? NewJobId(absl::Now(), std::random_device()())
                             : options.id;
  return client.CreateFineTune(id, *spec, call);
}

// Whether rows that were refused so are no failure of the job: it has ended, or
// has as many as it may.
bool IsEnough(const absl::Status& status) {
  const std::string reason = DetailsOf(status).reason;
  return reason == "JOB_ENDED" || reason == "QUOTA_REACHED";
}

// Sends the rows and watches the job until it has ended.
absl::StatusOr<FineTune> Follow(Client& client, const std::string& name,
                                const TuneData& data, const CallOptions& call) {
  TuneProgress progress(std::cerr, isatty(STDERR_FILENO), absl::Now());
  absl::Status sent;
  std::thread sender([&] {
    sent = client.StreamExamples(name, RowsSource(data.examples()), {}, call)
               .status();
    // The job would wait for rows that do not come.
    if (!sent.ok() && !IsEnough(sent)) call.cancellation->Cancel();
  });
  const absl::StatusOr<FineTune> job = client.WatchFineTune(
      name,
      {.on_status =
           [&](const FineTune& status) { progress.Show(status, absl::Now()); },
       .on_resume =
           [&](int, const absl::Status& why) {
             progress.Say(absl::StrCat("going on: ", why.message()));
           }},
      call);
  progress.End();
  call.cancellation->Cancel();  // An ended job wants no more rows.
  sender.join();
  if (job.ok()) {
    if (DetailsOf(sent).reason == "QUOTA_REACHED") {
      std::cerr << ErrorLine(sent) << "\n";
    }
    return job;
  }
  return sent.ok() || absl::IsCancelled(sent) || IsEnough(sent) ? job.status()
                                                                : sent;
}

// How to go on with a job that was left.
std::string Hints(const std::string& name) {
  const std::string job = ShortJobName(name);
  return absl::StrCat("the job goes on at the server; 'scorectl jobs ", job,
                      "' shows it, 'scorectl cancel ", job, "' ends it\n");
}

void Print(const TuneOptions& options, const FineTune& job) {
  if (options.connection.json()) {
    PrintJson(FineTuneJson(job));
  } else {
    std::cout << SummaryText(job);
  }
}

absl::Status Detach(Client& client, const TuneOptions& options,
                    const std::string& name, const TuneData& data,
                    const CallOptions& call) {
  const absl::StatusOr<int64_t> sent =
      client.StreamExamples(name, RowsSource(data.examples()), {}, call);
  if (!sent.ok()) return sent.status();
  const absl::StatusOr<FineTune> job = client.GetFineTune(name, call);
  if (!job.ok()) return job.status();
  if (options.connection.json()) {
    PrintJson(FineTuneJson(*job));
  } else {
    std::cout << ShortJobName(name) << " has " << *sent << " rows\n"
              << Hints(name);
  }
  return absl::OkStatus();
}

absl::Status Tune(const TuneOptions& options, const CallOptions& call) {
  const absl::StatusOr<ModelRef> base = ParseModelRef(options.model);
  if (!base.ok()) return UsageError(base.status().message());
  const absl::StatusOr<TuneData> data = ReadTuneData(options.data);
  if (!data.ok()) return data.status();
  const absl::StatusOr<std::unique_ptr<Client>> client =
      Connect(options.connection);
  if (!client.ok()) return client.status();
  const absl::StatusOr<FineTune> made =
      Create(**client, options, *base, *data, call);
  if (!made.ok()) return made.status();
  std::cerr << "job " << ShortJobName(made->name) << ", " << data->rows.rows()
            << " rows\n";
  if (options.detach) {
    return Detach(**client, options, made->name, *data, call);
  }
  const absl::StatusOr<FineTune> job =
      Follow(**client, made->name, *data, call);
  if (!job.ok()) {
    std::cerr << Hints(made->name) << "the same command with --id "
              << made->name.substr(made->name.rfind('/') + 1)
              << " goes on with it, and sends the rows that it does not have\n";
    return job.status();
  }
  Print(options, *job);
  if (job->state == FineTuneState::kFailed) return job->error;
  if (job->state == FineTuneState::kCancelled) {
    return absl::CancelledError("the job was cancelled");
  }
  return absl::OkStatus();
}

absl::Status Run(const TuneOptions& options) {
  absl::Status status;
  int signal = 0;
  {
    const Interrupt interrupt;
    status = Tune(options,
                  {.timeout = {}, .cancellation = interrupt.cancellation()});
    signal = interrupt.signal();
  }
  if (signal != 0) EndBy(signal);
  return status;
}

}  // namespace

void AddTuneCommand(CLI::App& app, absl::Status* outcome) {
  CLI::App* command = app.add_subcommand(
      "tune", "Train a served model further on the rows of a file");
  auto options = std::make_shared<TuneOptions>();
  AddTuneOptions(*command, *options);
  command->footer(
      "The server trains beside its requests, and publishes a version that is "
      "better on\n"
      "rows that were held out than the one in service. Progress goes to "
      "standard error.\n"
      "Ctrl-C leaves the job running. 'scorectl objectives' has the objectives "
      "and the\n"
      "trainer's options.\n\n"
      "Examples:\n"
      "  scorectl tune mixture-2d --data rows.csv --steps 500\n"
      "  scorectl tune digits@stable --data negatives.npy --columns 0:64 "
      "--steps 800 \\\n"
      "    --hold-out-share 0.4 --set learning_rate=0.0003 --id negatives\n"
      "  scorectl tune letters --data labelled.csv --columns 1:65 "
      "--class-column 0\n"
      "  scorectl tune digits --data new.npy --buffer reservoir --detach\n");
  command->callback([options, outcome] { *outcome = Run(*options); });
}

}  // namespace scoreserve::ctl
