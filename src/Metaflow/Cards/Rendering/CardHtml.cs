using System.Buffers;
using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;

namespace Metaflow.Cards;

/// <summary>
/// The HTML of a card while it is written. The constant parts of an interpolated string are markup; what is in its holes
/// is data and escaped, for text and for attribute values in double quotes.
/// </summary>
internal sealed class CardHtml(CancellationToken cancellationToken = default)
{
    private const int MaximumDepth = 64;

    private static readonly SearchValues<char> Special = SearchValues.Create("&<>\"'\0");

    private readonly StringBuilder _text = new();
    private int _depth;

    /// <summary>What the page has to bring.</summary>
    public CardNeeds Needs { get; set; }

    /// <summary>Writes markup with escaped data in its holes.</summary>
    public CardHtml Write([InterpolatedStringHandlerArgument("")] ref Markup markup)
    {
        _ = markup;
        return cancellationToken.IsCancellationRequested ? throw new OperationCanceledException(cancellationToken) : this;
    }

    /// <summary>Writes data as text.</summary>
    public CardHtml Text(ReadOnlySpan<char> text)
    {
        Escape(text);
        return this;
    }

    /// <summary>Writes markup that somebody else has made safe.</summary>
    public CardHtml Trusted(string markup)
    {
        _text.Append(markup);
        return this;
    }

    /// <summary>Writes a component. If it fails, a box in its place says why, and the others are shown.</summary>
    public CardHtml Component(CardComponent component)
    {
        cancellationToken.ThrowIfCancellationRequested();
        var start = _text.Length;
        try
        {
            _depth++;
            if (_depth > MaximumDepth)
            {
                throw new InvalidOperationException($"Components are nested more than {MaximumDepth} deep.");
            }

            component.Write(this);
        }
        catch (Exception fault) when (fault is not OperationCanceledException)
        {
            _text.Length = start;
            ErrorBox.Write(this, $"{component.GetType().Name} cannot be shown", fault.Message, trace: null);
        }
        finally
        {
            _depth--;
        }

        if (_text.Length > CardDocument.MaximumLength / 2)
        {
            throw new MetaflowException(
                $"The card is larger than {CardDocument.MaximumLength >> 21} million characters. Show less: fewer rows, smaller images.");
        }

        return this;
    }

    /// <summary>Writes components one below the other.</summary>
    public CardHtml Components(IEnumerable<CardComponent> components)
    {
        foreach (var component in components)
        {
            Component(component);
        }

        return this;
    }

    public override string ToString() => _text.ToString();

    private void Escape(ReadOnlySpan<char> text)
    {
        while (text.IndexOfAny(Special) is >= 0 and var at)
        {
            _text.Append(text[..at]);
            _text.Append(text[at] switch
            {
                '&' => "&amp;",
                '<' => "&lt;",
                '>' => "&gt;",
                '"' => "&quot;",
                '\'' => "&#39;",
                _ => "\ufffd",
            });
            text = text[(at + 1)..];
        }

        _text.Append(text);
    }

    /// <summary>An interpolated string that is written as it is evaluated.</summary>
    [InterpolatedStringHandler]
    internal readonly ref struct Markup(int literalLength, int formattedCount, CardHtml html)
    {
        private readonly CardHtml _html = Reserve(html, literalLength + (formattedCount * 8));

        public void AppendLiteral(string markup) => _html._text.Append(markup);

        public void AppendFormatted(string? data) => _html.Escape(data);

        public void AppendFormatted(TrustedMarkup markup) => _html._text.Append(markup.Text);

        public void AppendFormatted<T>(T data) => AppendFormatted(data, null);

        public void AppendFormatted<T>(T data, string? format) => _html.Escape(
            data is IFormattable number ? number.ToString(format, CultureInfo.InvariantCulture) : data?.ToString());

        private static CardHtml Reserve(CardHtml html, int length)
        {
            html._text.EnsureCapacity(html._text.Length + length);
            return html;
        }
    }
}

/// <summary>Markup that this library has written itself, for the hole of an interpolated string.</summary>
/// <param name="Text">The markup; <see langword="null"/> is none.</param>
internal readonly record struct TrustedMarkup(string? Text);
