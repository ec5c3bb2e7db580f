using System.Globalization;

namespace Metaflow.Cli.Output;

/// <summary>Durations for people.</summary>
internal static class Duration
{
    /// <summary><c>0.82 s</c>, <c>12.3 s</c>, <c>2 min 5 s</c>, <c>3 h 4 min</c>, <c>2 d 1 h</c>.</summary>
    public static string Format(TimeSpan elapsed) => elapsed switch
    {
        { TotalSeconds: < 10 } => string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalSeconds:0.00} s"),
        { TotalSeconds: < 60 } => string.Create(CultureInfo.InvariantCulture, $"{elapsed.TotalSeconds:0.0} s"),
        { TotalMinutes: < 60 } => $"{elapsed.Minutes} min {elapsed.Seconds} s",
        { TotalHours: < 24 } => $"{elapsed.Hours} h {elapsed.Minutes} min",
        _ => $"{(int)elapsed.TotalDays} d {elapsed.Hours} h",
    };
}
