using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using Metaflow.Artifacts.Npy;

namespace Metaflow.Artifacts.JsonNpy;

/// <summary>
/// An object with arrays of numbers in it, as several .npy files one behind another: first the JSON as bytes, then one for
/// each element type with all arrays of it. <c>numpy.load</c>, called again and again, reads them.
/// </summary>
internal sealed class JsonNpyContent
{
    /// <summary>The most sections of arrays: there are no more element types.</summary>
    private const int MaximumSections = 13;

    /// <summary>The JSON is padded with blanks so that what follows begins at a multiple of this.</summary>
    private const int Alignment = 64;

    private static readonly NpyType Byte = new('u', 1);

    private JsonNpyContent(ReadOnlyMemory<byte> document, IReadOnlyList<StoredSection> sections)
    {
        Document = document;
        Sections = sections;
        References = Count(new(document));
    }

    /// <summary>The JSON, with references in place of arrays.</summary>
    public ReadOnlyMemory<byte> Document { get; }

    /// <summary>The arrays.</summary>
    public IReadOnlyList<StoredSection> Sections { get; }

    /// <summary>The number of references in the JSON.</summary>
    public int References { get; }

    /// <summary>Puts a document and the arrays that were taken out of it together.</summary>
    /// <returns>The content; <see langword="null"/> if it is better kept as JSON.</returns>
    public static ArtifactContent? TryCreate(in ReadOnlySequence<byte> document, ArrayPacker packer)
    {
        // Something of the user's that looks like a reference would be taken for one.
        if (packer.Bytes < ArrayPacker.LeastBytes || document.Length > Array.MaxLength - Alignment || Count(document) != packer.References)
        {
            return null;
        }

        var blanks = (int)(-document.Length & (Alignment - 1));
        var pieces = new List<ReadOnlyMemory<byte>> { NpyHeader.Write(Byte, [document.Length + blanks]) };
        foreach (var piece in document)
        {
            pieces.Add(piece);
        }

        if (blanks > 0)
        {
            var blank = new byte[blanks];
            blank.AsSpan().Fill((byte)' ');
            pieces.Add(blank);
        }

        foreach (var section in packer.Sections)
        {
            pieces.Add(NpyHeader.Write(section.Type, [section.Count]));
            pieces.AddRange(section.Pieces());
        }

        var width = packer.Bytes > document.Length ? packer.Sections.MaxBy(section => section.Length)!.Type.NumberWidth : 1;
        return new(Encodings.JsonNpy, Segments.Join(pieces), width);
    }

    /// <summary>Puts the arrays that were taken out of a document into it again.</summary>
    public static ReadOnlySequence<byte> PutBack(in ReadOnlySequence<byte> document, ArrayPacker packer)
    {
        var sections = packer.Sections
            .Select(section => new StoredSection(new(section.Type, false, false, [section.Count], 0), Segments.Join(section.Pieces())))
            .ToList();
        using var output = new ContentWriter();
        var rest = document;
        var done = 0L;
        foreach (var (at, length) in packer.Places)
        {
            Copy(rest.Slice(0, at - done), output);
            ArrayReference.TryFind(rest.Slice(at - done, length).ToArray(), out _, out _, out var reference);
            using (var lease = Json.WriterLease.Take(output))
            {
                ArrayText.Write(lease.Writer, sections[reference.Section - 1], reference);
                lease.Writer.Flush();
            }

            rest = rest.Slice(at + length - done);
            done = at + length;
        }

        Copy(rest, output);
        return output.ToSequence();
    }

    /// <summary>Reads the layout; no array is copied.</summary>
    public static bool TryRead(
        in ReadOnlySequence<byte> content, [NotNullWhen(true)] out JsonNpyContent? read, [NotNullWhen(false)] out string? problem)
    {
        read = null;
        if (!TryReadSection(content, out var first, out var rest, out problem))
        {
            return false;
        }

        if (first.Header.Type != Byte || first.Data.Length > Array.MaxLength)
        {
            problem = "its first part is not JSON";
            return false;
        }

        var sections = new List<StoredSection>();
        while (!rest.IsEmpty)
        {
            if (sections.Count == MaximumSections)
            {
                problem = $"it has more than {MaximumSections} parts";
                return false;
            }

            if (!TryReadSection(rest, out var section, out rest, out problem))
            {
                return false;
            }

            sections.Add(section);
        }

        read = new(first.Data.IsSingleSegment ? first.Data.First : first.Data.ToArray(), sections);
        return true;
    }

    /// <summary>What is kept as JSON, with or without arrays behind it, as JSON.</summary>
    /// <returns>The JSON; <see langword="null"/> if the content is something else, or damaged.</returns>
    public static ReadOnlySequence<byte>? TryExpand(string encoding, in ReadOnlySequence<byte> content)
    {
        try
        {
            return encoding == Encodings.Json ? content
                : encoding == Encodings.JsonNpy && TryRead(content, out var packed, out _) ? packed.Expand()
                : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    /// <summary>Whether a format is JSON, with or without arrays behind it.</summary>
    public static bool IsJson(string encoding) => encoding is Encodings.Json or Encodings.JsonNpy;

    /// <summary>The same value as JSON, with all numbers.</summary>
    /// <exception cref="JsonException">A reference leads nowhere.</exception>
    public ReadOnlySequence<byte> Expand() => Replace(static (writer, section, reference) => ArrayText.Write(writer, section, reference));

    /// <summary>The same value as JSON for people: a text that tells of the array in place of each.</summary>
    /// <exception cref="JsonException">A reference leads nowhere.</exception>
    public ReadOnlySequence<byte> Abbreviate() => Replace(static (writer, section, reference) => writer.WriteStringValue(ArrayText.Describe(section, reference)));

    private static bool TryReadSection(
        in ReadOnlySequence<byte> content, [NotNullWhen(true)] out StoredSection? section, out ReadOnlySequence<byte> rest,
        [NotNullWhen(false)] out string? problem)
    {
        (section, rest) = (null, content);
        if (!NpyHeader.TryReadFirst(content, out var header, out var length, out problem))
        {
            return false;
        }

        if (header.Shape.Length != 1)
        {
            problem = $"a part of it has {header.Shape.Length} dimensions";
            return false;
        }

        section = new(header, content.Slice(header.DataOffset, length - header.DataOffset));
        rest = content.Slice(length);
        return true;
    }

    private ReadOnlySequence<byte> Replace(Action<Utf8JsonWriter, StoredSection, ArrayReference> write)
    {
        var unpacker = new ArrayUnpacker(Sections);
        using var output = new ContentWriter();
        var text = Document.Span;
        while (ArrayReference.TryFind(text, out var at, out var length, out var reference))
        {
            output.Write(text[..at]);
            using (var lease = Json.WriterLease.Take(output))
            {
                write(lease.Writer, unpacker.Take(reference), reference);
                lease.Writer.Flush();
            }

            text = text[(at + length)..];
        }

        output.Write(text.TrimEnd((byte)' '));
        return output.ToSequence();
    }

    private static void Copy(in ReadOnlySequence<byte> text, ContentWriter output)
    {
        foreach (var piece in text)
        {
            output.Write(piece.Span);
        }
    }

    /// <summary>How often the text has a member, or a text, like that of a reference.</summary>
    private static int Count(in ReadOnlySequence<byte> document)
    {
        var member = ArrayReference.Member;
        if (document.IsSingleSegment)
        {
            return document.FirstSpan.Count(member);
        }

        // A member may begin in one piece and end in the next.
        var count = 0;
        Span<byte> seam = stackalloc byte[2 * (member.Length - 1)];
        var kept = 0;
        foreach (var piece in document)
        {
            var head = piece.Span[..Math.Min(piece.Length, member.Length - 1)];
            head.CopyTo(seam[kept..]);
            count += seam[..(kept + head.Length)].Count(member) + piece.Span.Count(member);
            var tail = piece.Length >= member.Length - 1 ? piece.Span[^(member.Length - 1)..] : seam[..(kept + head.Length)];
            tail = tail[Math.Max(0, tail.Length - (member.Length - 1))..];
            kept = tail.Length;
            tail.CopyTo(seam);
        }

        return count;
    }
}
