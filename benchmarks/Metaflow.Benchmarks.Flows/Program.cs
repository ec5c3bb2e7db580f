using Metaflow;
using Metaflow.Benchmarks.Flows;

return await Flow.RunAsync(args, [typeof(ThreeSteps), typeof(WideForEach), typeof(DeepForEach), typeof(FailingForEach), typeof(LongLoop)]);
