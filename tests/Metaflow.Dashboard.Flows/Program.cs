using Metaflow;
using Metaflow.Dashboard.Flows;

return await Flow.RunAsync(args, [typeof(ShowcaseFlow), typeof(FailingFlow), typeof(WaitingFlow), typeof(WideFlow), typeof(HostileFlow)]);
