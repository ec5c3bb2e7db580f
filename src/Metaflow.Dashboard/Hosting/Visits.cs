using Microsoft.AspNetCore.Http;

namespace Metaflow.Dashboard.Hosting;

/// <summary>Knows since when nobody has looked. An open page that follows what happens is a visit that lasts.</summary>
internal sealed class Visits(TimeProvider time)
{
    private readonly Lock _gate = new();
    private long _last = time.GetTimestamp();
    private int _open;

    public async Task InvokeAsync(HttpContext context, RequestDelegate next)
    {
        Count(1);
        try
        {
            await next(context).ConfigureAwait(false);
        }
        finally
        {
            Count(-1);
        }
    }

    /// <summary>Ends when nobody has looked for so long.</summary>
    public async Task WhenIdleAsync(TimeSpan limit, CancellationToken cancellationToken)
    {
        while (Left(limit) is var left && left > TimeSpan.Zero)
        {
            await Task.Delay(left, time, cancellationToken).ConfigureAwait(false);
        }
    }

    private TimeSpan Left(TimeSpan limit)
    {
        lock (_gate)
        {
            return _open > 0 ? limit : limit - time.GetElapsedTime(_last);
        }
    }

    private void Count(int change)
    {
        lock (_gate)
        {
            _open += change;
            _last = time.GetTimestamp();
        }
    }
}
