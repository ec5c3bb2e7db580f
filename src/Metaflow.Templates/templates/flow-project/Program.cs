using FlowProject1;
using Metaflow;

return await Flow.RunAsync<MainFlow>(args);
