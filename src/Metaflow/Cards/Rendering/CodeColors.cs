using System.Collections.Frozen;

namespace Metaflow.Cards;

/// <summary>Colours words, text, numbers and comments. It knows no grammar, so it is never wrong by much.</summary>
internal static class CodeColors
{
    private const string CSharp =
        "abstract as async await base bool break byte case catch char checked class const continue decimal default delegate do double else enum "
        + "event explicit extern false finally fixed float for foreach get goto if implicit in init int interface internal is lock long nameof "
        + "namespace new not null object operator or out override params partial private protected public readonly record ref required return "
        + "sbyte sealed set short sizeof stackalloc static string struct switch this throw true try typeof uint ulong unchecked unsafe ushort "
        + "using var virtual void volatile when where while with yield";

    private const string Python =
        "and as assert async await break class continue def del elif else except False finally for from global if import in is lambda None "
        + "nonlocal not or pass raise return True try while with yield";

    private const string Sql =
        "select from where and or not in is null as join left right inner outer full on group by order having limit offset union all distinct "
        + "insert into values update set delete create table view index drop alter case when then else end with over partition between like";

    private static readonly Language Plain = new("", "", "");

    private static readonly FrozenDictionary<string, Language> Languages = new Dictionary<string, Language>(StringComparer.OrdinalIgnoreCase)
    {
        ["csharp"] = new(CSharp, "//", "\"'"),
        ["cs"] = new(CSharp, "//", "\"'"),
        ["java"] = new(CSharp, "//", "\"'"),
        ["javascript"] = new(CSharp + " function let", "//", "\"'`"),
        ["typescript"] = new(CSharp + " function let type", "//", "\"'`"),
        ["python"] = new(Python, "#", "\"'"),
        ["py"] = new(Python, "#", "\"'"),
        ["bash"] = new("if then else fi for in do done case esac while function return export local", "#", "\"'"),
        ["yaml"] = new("true false null", "#", "\"'"),
        ["sql"] = new(Sql + " " + Sql.ToUpperInvariant(), "--", "'"),
        ["json"] = new("true false null", "", "\""),
    }.ToFrozenDictionary(StringComparer.OrdinalIgnoreCase);

    public static void Write(CardHtml html, string text, string language)
    {
        var rules = Languages.GetValueOrDefault(language, Plain);
        var rest = text.AsSpan();
        while (!rest.IsEmpty)
        {
            var (length, kind) = rules.Next(rest);
            if (kind is null)
            {
                html.Text(rest[..length]);
            }
            else
            {
                html.Trusted($"<span class=\"{kind}\">").Text(rest[..length]).Trusted("</span>");
            }

            rest = rest[length..];
        }
    }

    private sealed class Language(string words, string comment, string quotes)
    {
        private readonly FrozenSet<string> _words = words.Split(' ').ToFrozenSet();

        /// <summary>The next piece and its style, if it has one.</summary>
        public (int Length, string? Kind) Next(ReadOnlySpan<char> text)
        {
            var first = text[0];
            if (comment.Length > 0 && text.StartsWith(comment))
            {
                var end = text.IndexOf('\n');
                return (end < 0 ? text.Length : end, "k-comment");
            }

            if (quotes.Contains(first, StringComparison.Ordinal))
            {
                return (Quoted(text), "k-text");
            }

            if (char.IsAsciiDigit(first))
            {
                return (Run(text, static letter => char.IsAsciiLetterOrDigit(letter) || letter is '.' or '_'), "k-number");
            }

            if (char.IsLetter(first) || first == '_')
            {
                var length = Run(text, static letter => char.IsLetterOrDigit(letter) || letter == '_');
                return (length, _words.Contains(text[..length].ToString()) ? "k-word" : null);
            }

            // Up to where something of the above may begin, so that plain text is not cut into letters.
            var plain = 1;
            while (plain < text.Length && (char.IsWhiteSpace(text[plain]) || text[plain] is '(' or ')' or '{' or '}' or ';' or ',' or '.'))
            {
                plain++;
            }

            return (plain, null);
        }

        private static int Quoted(ReadOnlySpan<char> text)
        {
            for (var i = 1; i < text.Length && text[i] != '\n'; i++)
            {
                if (text[i] == '\\')
                {
                    i++;
                }
                else if (text[i] == text[0])
                {
                    return i + 1;
                }
            }

            return text.IndexOf('\n') is >= 0 and var end ? end : text.Length;
        }

        private static int Run(ReadOnlySpan<char> text, Func<char, bool> belongs)
        {
            var length = 1;
            while (length < text.Length && belongs(text[length]))
            {
                length++;
            }

            return length;
        }
    }
}
