using Metaflow;
using Metaflow.FlowMatrix;

return await Flow.RunAsync(args, MatrixFlows.All);
