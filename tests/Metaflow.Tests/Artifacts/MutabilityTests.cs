using System.Collections.Immutable;
using System.Numerics;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using Metaflow.Artifacts;

namespace Metaflow.Tests.Artifacts;

public sealed class MutabilityTests
{
    public static TheoryData<Type> Immutable =>
    [
        typeof(int), typeof(double), typeof(bool), typeof(string), typeof(decimal), typeof(Guid), typeof(DateTime), typeof(TimeSpan),
        typeof(DayOfWeek), typeof(int?), typeof(Half), typeof(BigInteger), typeof(Complex), typeof(Uri), typeof(Version),
        typeof(Movie), typeof(Node), typeof(Point), typeof((int, string)), typeof(Tuple<int, string>),
        typeof(KeyValuePair<string, int>), typeof(IReadOnlyList<Movie>), typeof(IEnumerable<int>),
        typeof(IReadOnlyDictionary<string, IReadOnlyList<Movie>>), typeof(ImmutableArray<int>), typeof(ImmutableList<string>),
        typeof(ReadOnlyMemory<double>), typeof(JsonElement), typeof(IncludedFile), typeof(CaughtException), typeof(Mutable.Struct),
    ];

    public static TheoryData<Type> Changeable =>
    [
        typeof(object), typeof(int[]), typeof(byte[]), typeof(double[,]), typeof(List<int>), typeof(Dictionary<string, int>),
        typeof(HashSet<int>), typeof(IList<int>), typeof(Memory<double>), typeof(Fields), typeof(Mutable), typeof(Mutable.Holder),
        typeof(IReadOnlyList<Mutable>), typeof(IReadOnlyList<int[]>), typeof(ImmutableArray<List<int>>), typeof((int, List<int>)),
        typeof(Mutable.StructWithList), typeof(JsonNode), typeof(Action), typeof(IFormattable), typeof(Mutable.Open),
        typeof(System.Numerics.Tensors.Tensor<double>), typeof(Mutable.Derived),
    ];

    [Theory]
    [MemberData(nameof(Immutable))]
    public void IsMutable_TypeWithoutAWayToChangeIt_IsFalse(Type type) => Assert.False(Mutability.IsMutable(type));

    [Theory]
    [MemberData(nameof(Changeable))]
    public void IsMutable_TypeThatCanBeChanged_IsTrue(Type type) => Assert.True(Mutability.IsMutable(type));

    [Fact]
    public void IsMutable_ThroughTheCodec_IsTheSame()
    {
        Assert.False(ArtifactCodec.IsMutable<int>());
        Assert.False(ArtifactCodec.IsMutable<IReadOnlyList<Movie>>());
        Assert.True(ArtifactCodec.IsMutable<List<int>>());
        Assert.True(ArtifactCodec.IsMutable<object>());
    }

    public class Mutable
    {
        public int Value { get; set; }

        // A struct read from a property is a copy.
        public struct Struct
        {
            public int X { get; set; }
        }

        public readonly record struct StructWithList(List<int> Items);

        public sealed record Holder(Mutable Inner);

        [JsonDerivedType(typeof(Ajar), "ajar")]
        public record Open(int A);

        public sealed record Ajar(int A) : Open(A);

        public sealed class Derived : Mutable;
    }
}
