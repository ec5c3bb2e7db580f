using System.Text.Json;
using Metaflow.Dashboard.Data;
using Metaflow.Dashboard.Views;
using Metaflow.Metadata.Index;
using Microsoft.AspNetCore.Http;

namespace Metaflow.Dashboard.Live;

/// <summary>
/// Tells open pages what changes, as server-sent events. The store is looked at only while somebody looks at a page, and
/// once for all who look at the same.
/// </summary>
internal sealed class Changes(DashboardStore store, RunDetails details, TimeProvider time)
{
    private const int Watched = 200;

    private static readonly TimeSpan RunsInterval = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ProgressInterval = TimeSpan.FromMilliseconds(400);
    private static readonly TimeSpan SettledInterval = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan SignOfLife = TimeSpan.FromSeconds(15);

    private readonly Lock _gate = new();
    private (long At, int Signature) _runs;

    /// <summary>Sends <c>runs</c> whenever the latest runs differ from before.</summary>
    public Task RunsAsync(HttpContext context) => FollowAsync(context, () =>
    {
        var signature = Signature();
        return new("runs", $$"""{"revision":{{signature}}}""", RunsInterval);
    });

    /// <summary>Sends <c>progress</c> whenever a run has gone on.</summary>
    public Task ProgressAsync(HttpContext context, string flow, string run) => FollowAsync(context, () =>
    {
        var progress = details.Progress(flow, run);
        var json = JsonSerializer.Serialize(progress, ApiJson.Default.RunProgress);
        return new("progress", json, IndexStatus.IsFinal(progress.Status) ? SettledInterval : ProgressInterval);
    });

    private async Task FollowAsync(HttpContext context, Func<ServerEvent> look)
    {
        var cancellationToken = context.RequestAborted;

        // The first look may find that there is nothing to follow, which is an ordinary fault.
        var found = look();
        context.Response.ContentType = "text/event-stream";
        context.Response.Headers.CacheControl = "no-store";
        context.Response.Headers["X-Accel-Buffering"] = "no";
        string? sent = null;
        var last = time.GetTimestamp();
        try
        {
            while (true)
            {
                if (found.Data != sent)
                {
                    await context.Response.WriteAsync($"event: {found.Name}\ndata: {found.Data}\n\n", cancellationToken).ConfigureAwait(false);
                    await context.Response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
                    (sent, last) = (found.Data, time.GetTimestamp());
                }
                else if (time.GetElapsedTime(last) > SignOfLife)
                {
                    await context.Response.WriteAsync(": here\n\n", cancellationToken).ConfigureAwait(false);
                    await context.Response.Body.FlushAsync(cancellationToken).ConfigureAwait(false);
                    last = time.GetTimestamp();
                }

                await Task.Delay(found.Pause, time, cancellationToken).ConfigureAwait(false);
                found = look();
            }
        }
        catch (OperationCanceledException) when (cancellationToken.IsCancellationRequested)
        {
            // The page was closed.
        }
        catch (MetaflowException)
        {
            // The run was removed or damaged meanwhile: the page asks anew and is told so.
        }
    }

    private int Signature()
    {
        lock (_gate)
        {
            if (_runs.At == 0 || time.GetElapsedTime(_runs.At) >= RunsInterval)
            {
                var hash = new HashCode();
                foreach (var row in store.Ask(index => index.Runs(new() { Limit = Watched })))
                {
                    hash.Add(row.Flow);
                    hash.Add(row.RunId);
                    hash.Add(store.Status(row));
                    row.Tags.ToList().ForEach(hash.Add);
                    if (!IndexStatus.IsFinal(row.Status))
                    {
                        hash.Add(store.Client.Index.AsItIs(index => index.Steps(row.Flow, row.RunId).Sum(step => step.Attempts)));
                    }
                }

                _runs = (time.GetTimestamp(), hash.ToHashCode());
            }

            return _runs.Signature;
        }
    }

    private readonly record struct ServerEvent(string Name, string Data, TimeSpan Pause);
}
