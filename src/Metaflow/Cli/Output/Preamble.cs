using Metaflow.Binding;
using Metaflow.Runtime;
using Metaflow.Storage;

namespace Metaflow.Cli.Output;

/// <summary>What <c>run</c> says before the run starts.</summary>
internal static class Preamble
{
    public static void Write(VerbContext context, RunRequest request)
    {
        if (context.IsQuiet)
        {
            return;
        }

        var error = context.Error;
        error.WriteLine($"Metaflow {ProductVersion.Text} executing {request.Definition.Name} for {context.Settings.Identity}");
        if (ProjectBranch.Of(request.SystemTags) is { } branch)
        {
            error.WriteLine($"Project: {branch.Project}, Branch: {branch.Branch}");
        }

        if (!Directory.Exists(request.StoreRoot))
        {
            var parent = Path.GetFileName(request.StoreRoot) == StoreLayout.Directory
                ? Path.GetDirectoryName(request.StoreRoot)
                : request.StoreRoot;
            error.WriteLine(
                parent == context.Host.Environment.WorkingDirectory
                    ? $"Creating local datastore in current directory ({parent})"
                    : $"Creating local datastore in {parent}");
        }

        if (request.Resume is not null)
        {
            return;
        }

        foreach (var parameter in request.Definition.Parameters)
        {
            if (parameter.File(request.Parameters) is { DiskPath: not null } file)
            {
                error.WriteLine($"Including file {file.Path} of size {DataSize.Format(file.Size)}");
            }
        }
    }
}
