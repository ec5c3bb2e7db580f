using Metaflow.Tool;

return await ToolCommand.InvokeAsync(args, Console.Out, Console.Error).ConfigureAwait(false);
