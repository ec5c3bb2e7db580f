using System.CommandLine;
using Metaflow.Housekeeping;

namespace Metaflow.Tool;

/// <summary><c>store verify</c>: reads everything and checks it.</summary>
internal sealed class VerifyCommand : Command
{
    public VerifyCommand()
        : base("verify", "Read everything and check it against checksums and hashes. Changes nothing.")
    {
        SetAction((parsed, cancellationToken) => Task.FromResult(Run(parsed, cancellationToken)));
    }

    private static int Run(ParseResult parsed, CancellationToken cancellationToken)
    {
        var configuration = parsed.InvocationConfiguration;
        using var store = StoreOptions.OpenReadOnly(parsed);
        using var progress = new ProgressLine(configuration.Error);
        var report = new StoreVerifier(store, found => progress.Show(
            $"{found.Runs} runs, {found.Records} records, {found.Blobs} blobs read, {found.Problems.Count} problems")).Verify(cancellationToken);
        progress.Clear();
        if (parsed.GetValue(StoreOptions.Json))
        {
            JsonOutput.Write(configuration.Output, json =>
            {
                json.WriteNumber("runs", report.Runs);
                json.WriteNumber("records", report.Records);
                json.WriteNumber("blobs", report.Blobs);
                json.WriteNumber("blobBytes", report.BlobBytes);
                json.WriteNumber("unreferencedBlobs", report.UnreferencedBlobs);
                json.WriteStartArray("problems");
                foreach (var problem in report.Problems)
                {
                    json.WriteStartObject();
                    json.WriteString("place", problem.Place);
                    json.WriteString("message", problem.Message);
                    json.WriteEndObject();
                }

                json.WriteEndArray();
            });
        }
        else
        {
            foreach (var problem in report.Problems)
            {
                configuration.Output.WriteLine($"{problem.Place}: {problem.Message}");
            }

            configuration.Output.WriteLine(
                $"{store.Root}: {report.Runs} runs, {report.Records} records, {report.Blobs} blobs of {Bytes.Format(report.BlobBytes)}"
                + $" ({report.UnreferencedBlobs} unreferenced). "
                + (report.Problems.Count == 0 ? "All is as it was written." : $"{report.Problems.Count} problems."));
        }

        return report.Problems.Count == 0 ? ExitCodes.Ok : ExitCodes.Failed;
    }
}
