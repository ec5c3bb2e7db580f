using System.Text.Json.Serialization;

namespace Metaflow.Tests.Artifacts;

public enum Genre
{
    Drama,
    Horror,
}

public enum Named
{
    First,

    [JsonStringEnumMemberName("2nd")]
    Second,
}

public sealed record Movie(string Title, int Year, Genre Genre)
{
    public bool IsOld => Year < 2000;
}

public sealed record Node(int Value, Node? Next);

public readonly record struct Point(int X, int Y);

public sealed class Fields
{
#pragma warning disable CA1051 // Public fields are stored; this is the test of it.
    public int Count;
    public string? Name;
#pragma warning restore CA1051
}

[JsonDerivedType(typeof(Circle), "circle")]
[JsonDerivedType(typeof(Square), "square")]
public abstract record Shape;

public sealed record Circle(double Radius) : Shape;

public sealed record Square(double Side) : Shape;
