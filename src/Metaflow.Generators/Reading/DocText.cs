using System.Linq;
using System.Text;
using System.Xml;
using System.Xml.Linq;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.CSharp;

namespace Metaflow.Generators.Reading;

/// <summary>
/// Reads the summary of a documentation comment as plain text. It is read from the text of the source, because a compiler
/// that writes no documentation file (such as that of a file-based program) treats it as an ordinary comment.
/// </summary>
internal static class DocText
{
    public static string? Of(ISymbol symbol) =>
        symbol.DeclaringSyntaxReferences.Select(reference => Of(reference.GetSyntax())).FirstOrDefault(text => text is not null);

    public static string? Of(SyntaxNode declaration)
    {
        var xml = new StringBuilder();
        foreach (var trivia in declaration.GetLeadingTrivia())
        {
            var isComment = trivia.Kind() is SyntaxKind.SingleLineCommentTrivia or SyntaxKind.MultiLineCommentTrivia
                or SyntaxKind.SingleLineDocumentationCommentTrivia or SyntaxKind.MultiLineDocumentationCommentTrivia;
            if (isComment)
            {
                Append(trivia.ToFullString(), xml);
            }
        }

        return xml.Length == 0 ? null : Summary(xml.ToString());
    }

    private static void Append(string comment, StringBuilder xml)
    {
        if (comment.StartsWith("/**", System.StringComparison.Ordinal))
        {
            var end = comment.LastIndexOf("*/", System.StringComparison.Ordinal);
            foreach (var line in comment.Substring(3, System.Math.Max(end, 3) - 3).Split('\n'))
            {
                xml.Append(line.Trim().TrimStart('*')).Append('\n');
            }

            return;
        }

        foreach (var line in comment.Split('\n').Select(line => line.Trim()))
        {
            // Documentation trivia has cut the first marker off.
            if (line.StartsWith("///", System.StringComparison.Ordinal) && !line.StartsWith("////", System.StringComparison.Ordinal))
            {
                xml.Append(line, 3, line.Length - 3).Append('\n');
            }
            else if (!line.StartsWith("//", System.StringComparison.Ordinal))
            {
                xml.Append(line).Append('\n');
            }
        }
    }

    private static string? Summary(string xml)
    {
        try
        {
            var summary = XElement.Parse($"<doc>{xml}</doc>").Element("summary");
            if (summary is null)
            {
                return null;
            }

            var text = new StringBuilder();
            Append(summary, text);
            var words = text.ToString().Split((char[]?)null, System.StringSplitOptions.RemoveEmptyEntries);
            return words.Length == 0 ? null : string.Join(" ", words);
        }
        catch (XmlException)
        {
            // The compiler reports malformed documentation; it only costs the text in views.
            return null;
        }
    }

    private static void Append(XElement element, StringBuilder text)
    {
        foreach (var node in element.Nodes())
        {
            if (node is XText plain)
            {
                text.Append(plain.Value);
            }
            else if (node is XElement inner)
            {
                text.Append(Reference(inner));
                Append(inner, text);
                text.Append(inner.Name.LocalName is "para" or "br" or "item" ? " " : "");
            }
        }
    }

    /// <summary>What a reference points to, without the namespaces and the parameters.</summary>
    private static string Reference(XElement element)
    {
        var target = (string?)element.Attribute("langword") ?? (string?)element.Attribute("name")
            ?? (element.IsEmpty ? (string?)element.Attribute("cref") : null) ?? "";
        var end = target.IndexOf('(');
        target = end < 0 ? target : target.Substring(0, end);
        return target.Substring(target.LastIndexOf('.') + 1);
    }
}
