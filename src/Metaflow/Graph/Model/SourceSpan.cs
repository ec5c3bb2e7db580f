namespace Metaflow.Graph;

/// <summary>A place in source code. Lines and columns count from 1; a default value means that the place is not known.</summary>
internal readonly record struct SourceSpan(string? File, int Line, int Column, int EndLine, int EndColumn)
{
    public bool IsKnown => Line > 0;

    public override string ToString() => IsKnown ? $"{File}({Line},{Column})" : "";
}
