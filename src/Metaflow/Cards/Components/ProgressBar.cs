namespace Metaflow.Cards;

/// <summary>How far something has come.</summary>
/// <param name="maximum">The value at which it is done; more than 0.</param>
/// <param name="label">What is counted.</param>
/// <param name="value">Where it begins.</param>
/// <param name="unit">What is written behind the numbers: <c>rows</c>.</param>
public sealed class ProgressBar(double maximum = 100, string? label = null, double value = 0, string? unit = null) : CardComponent
{
    private readonly double _maximum = maximum > 0 && double.IsFinite(maximum)
        ? maximum
        : throw new ArgumentOutOfRangeException(nameof(maximum), maximum, "The maximum must be more than 0.");

    private volatile State _state = new(value, null);

    /// <summary>Where it is.</summary>
    public double Value => _state.Value;

    /// <summary>Moves it.</summary>
    /// <param name="value">The new value; what is outside of 0 and the maximum is drawn as if it were at the end.</param>
    /// <param name="note">A short text beside the numbers: what is being done. <see langword="null"/> for none.</param>
    public void Update(double value, string? note = null) => _state = new(value, note);

    internal override void Write(CardHtml html)
    {
        var (now, note) = _state;
        var share = double.IsFinite(now) ? Math.Clamp(now / _maximum, 0, 1) : 0;
        html.Write($"<div class=\"c progress\"><div class=\"progress-head\"><span>{label ?? "Progress"}</span>");
        html.Write($"<span class=\"muted\">{Numbers.Short(now)} of {Numbers.Short(_maximum)}{(unit is null ? "" : " " + unit)}");
        html.Write($"{(note is null ? "" : " · " + note)}</span><b>{share:P0}</b></div>");
        html.Write($"<svg class=\"bar\" viewBox=\"0 0 1000 10\" preserveAspectRatio=\"none\" role=\"progressbar\" aria-valuemin=\"0\" aria-valuemax=\"{_maximum}\" aria-valuenow=\"{now}\">");
        html.Write($"<rect class=\"bar-rest\" width=\"1000\" height=\"10\"/><rect class=\"{(share >= 1 ? "bar-done" : "bar-now")}\" width=\"{share * 1000:0.#}\" height=\"10\"/></svg></div>");
    }

    private sealed record State(double Value, string? Note);
}
