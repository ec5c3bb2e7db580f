namespace Metaflow.Cards;

/// <summary>A fault, in a frame that cannot be overlooked.</summary>
public sealed class ErrorBox : CardComponent
{
    private readonly string _title;
    private readonly string _message;
    private readonly string? _trace;

    /// <summary>A fault in words.</summary>
    /// <param name="title">What is wrong.</param>
    /// <param name="message">More about it.</param>
    public ErrorBox(string title, string message)
    {
        (_title, _message) = (title, message);
    }

    /// <summary>An exception with its stack trace.</summary>
    /// <param name="exception">The exception.</param>
    /// <param name="title">What is wrong. Default: the exception's type.</param>
    public ErrorBox(Exception exception, string? title = null)
    {
        ArgumentNullException.ThrowIfNull(exception);
        (_title, _message, _trace) = (title ?? exception.GetType().Name, exception.Message, exception.ToString());
    }

    internal ErrorBox(CaughtException exception, string title)
    {
        (_title, _message, _trace) = (title, $"{exception.Type}: {exception.Message}", exception.StackTrace);
    }

    internal string Title => _title;

    internal string Message => _message;

    internal override void Write(CardHtml html) => Write(html, _title, _message, _trace);

    internal static void Write(CardHtml html, string title, string message, string? trace)
    {
        html.Write($"<div class=\"c error\" role=\"alert\"><strong>{title}</strong><p>{message}</p>");
        if (!string.IsNullOrEmpty(trace))
        {
            html.Write($"<details><summary>Stack trace</summary><pre>{trace}</pre></details>");
        }

        html.Write($"</div>");
    }
}
