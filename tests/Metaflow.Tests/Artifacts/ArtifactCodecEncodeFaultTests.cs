using System.Collections;
using System.Numerics;
using System.Numerics.Tensors;
using System.Text.Json.Serialization;
using Metaflow.Artifacts;

namespace Metaflow.Tests.Artifacts;

public sealed class ArtifactCodecEncodeFaultTests
{
    private static string Fault<T>(T value)
    {
        var fault = Assert.Throws<ArtifactSerializationException>(() => ArtifactCodec.Encode("Model", value));
        Assert.StartsWith("Artifact 'Model' cannot be stored: ", fault.Message, StringComparison.Ordinal);
        Assert.EndsWith(".", fault.Message, StringComparison.Ordinal);
        return fault.Message["Artifact 'Model' cannot be stored: ".Length..];
    }

    private static void HasFault<T>(string start, string remedy, T value)
    {
        var message = Fault(value);
        Assert.StartsWith(start, message, StringComparison.Ordinal);
        Assert.Contains(remedy, message, StringComparison.Ordinal);
    }

    [Fact]
    public void Encode_DictionaryWithKeysThatAreNoNames_SaysWhichKeysAre()
    {
        HasFault("Dictionary<(int, int), double> has keys of type (int, int), which cannot be names in JSON.", "List<KeyValuePair<(int, int), double>>", new Dictionary<(int, int), double>());
        HasFault("Dictionary<object, int> has keys of type object", "Use text, numbers, enums, dates or Guids", new Dictionary<object, int> { ["a"] = 1 });
    }

    [Fact]
    public void Encode_TypesOfTheFramework_AreNotToBeChangedByTheAuthor()
    {
        HasFault("Rune has field '_value', which is not public", "write an IArtifactSerializer", new System.Text.Rune('a'));
        HasFault("IPAddress: IPAddress has no constructor", "write an IArtifactSerializer", System.Net.IPAddress.Loopback);
        HasFault("string[,] is an array of several dimensions", "array of arrays", new string[1, 1]);
        HasFault("nint[][] is an address", "write an IArtifactSerializer", new nint[1]);
    }

    [Fact]
    public void Encode_Delegate_SaysThatCodeIsNotStored() =>
        HasFault<Func<int>>("Func<int> is a delegate", "IArtifactSerializer", () => 1);

    [Fact]
    public void Encode_ThreadBehindObject_NamesThePath() =>
        HasFault("at $.Inner.Any: Thread belongs to the running process.", "[JsonIgnore]", new Behind { Inner = new() { Any = Thread.CurrentThread } });

    [Fact]
    public void Encode_DelegateInMember_NamesThePath() =>
        HasFault("List<ArtifactCodecEncodeFaultTests.Outer>[].Inner.Callback is a delegate", "[JsonIgnore]", new List<Outer> { new() { Inner = new() } });

    [Fact]
    public void Encode_Stream_SaysToReadIt() => HasFault<Stream>("Stream is a stream.", "byte[]", new MemoryStream());

    [Fact]
    public void Encode_Task_SaysToAwaitIt() => HasFault("Task<int> is a task.", "Await it", Task.FromResult(1));

    [Fact]
    public void Encode_ValueTask_SaysToAwaitIt() => HasFault("ValueTask<int> is a task.", "Await it", default(ValueTask<int>));

    [Fact]
    public void Encode_Flow_SaysToStoreItsValues() =>
        HasFault("ArtifactCodecEncodeFaultTests.TinyFlow is a flow.", "each as an artifact", new TinyFlow());

    [Fact]
    public void Encode_JoinInputs_SaysToStoreItsValues() =>
        HasFault("JoinInputs<ArtifactCodecEncodeFaultTests.TinyFlow> is the join's input.", "values", new JoinInputs<TinyFlow>([new TinyFlow()]));

    [Fact]
    public void Encode_Pointer_IsRefused() => HasFault("nint is an address", "IArtifactSerializer", (nint)1);

    [Fact]
    public void Encode_Exception_SaysWhatToStore() =>
        HasFault<Exception>("Exception is an exception.", "CaughtException", new InvalidOperationException());

    [Fact]
    public void Encode_Type_IsRefused() => HasFault<Type>("Type names code", "string or an enum", typeof(int));

    [Fact]
    public void Encode_Query_SaysToRunIt() =>
        HasFault<IQueryable<int>>("IQueryable<int> is a query.", "ToList()", new[] { 1 }.AsQueryable());

    [Fact]
    public void Encode_Lazy_SaysToStoreItsResult() => HasFault("Lazy<int> is not computed yet.", "result", new Lazy<int>(1));

    [Fact]
    public void Encode_Cycle_NamesTheWay()
    {
        var ring = new Ring();
        ring.Next = ring;

        HasFault("the value refers back to itself, or is nested deeper than 512 levels; the way is $.Next.Next", "[JsonIgnore]", ring);
    }

    [Fact]
    public void Encode_DeepButFiniteGraph_IsStored()
    {
        Node? node = null;
        for (var i = 0; i < 500; i++)
        {
            node = new(i, node);
        }

        var content = ArtifactCodec.Encode("x", node);

        Assert.Equal(node, ArtifactCodec.Decode<Node?>("x", content.Encoding, content.Bytes));
    }

    [Fact]
    public void Encode_Interface_AsksForAConcreteType() =>
        HasFault<IThing>("ArtifactCodecEncodeFaultTests.IThing is declared as", "[JsonDerivedType", new Thing());

    [Fact]
    public void Encode_AbstractClassWithoutDerivedTypes_AsksForThem() =>
        HasFault<AbstractThing>(
            "ArtifactCodecEncodeFaultTests.AbstractThing is declared as", "[JsonDerivedType", new ConcreteThing());

    [Fact]
    public void Encode_InterfaceMember_NamesThePath() =>
        HasFault("ArtifactCodecEncodeFaultTests.HasInterface.Thing is declared as", "an interface", new HasInterface(new Thing()));

    [Fact]
    public void Encode_SubclassOfDeclaredClass_IsNotCutToItsBase() =>
        HasFault<List<Animal>>(
            "a ArtifactCodecEncodeFaultTests.Dog stands where ArtifactCodecEncodeFaultTests.Animal is declared",
            "[JsonDerivedType(typeof(ArtifactCodecEncodeFaultTests.Dog), \"Dog\")]",
            [new Animal(), new Dog()]);

    [Fact]
    public void Encode_UndeclaredDerivedType_IsRefused() => Assert.Contains("Oval", Fault<Rounded>(new Oval()), StringComparison.Ordinal);

    [Fact]
    public void Encode_PrivateSetter_WouldBeLost() =>
        HasFault(
            "ArtifactCodecEncodeFaultTests.PrivateSetter.Value has no public setter and no constructor parameter",
            "Give Value a public set or init accessor",
            new PrivateSetter());

    [Fact]
    public void Encode_GetOnlyCollection_WouldBeLost() =>
        HasFault("ArtifactCodecEncodeFaultTests.GetOnlyList.Items has no public setter", "[JsonInclude]", new GetOnlyList());

    [Fact]
    public void Encode_PrivateField_WouldBeLost() =>
        HasFault("ArtifactCodecEncodeFaultTests.PrivateField has field '_state', which is not public", "[JsonInclude]", new PrivateField());

    [Fact]
    public void Encode_CapturedConstructorParameter_WouldBeLost() =>
        Assert.Contains("'seed'", Fault(new Captured(1)), StringComparison.Ordinal);

    [Fact]
    public void Encode_ReadonlyField_WouldBeLost() =>
        HasFault("ArtifactCodecEncodeFaultTests.ReadonlyField.Value is a readonly field", "[JsonIgnore]", new ReadonlyField(1));

    [Fact]
    public void Encode_StructWithoutSetters_WouldBeLost() =>
        HasFault("ArtifactCodecEncodeFaultTests.Frozen.X has no public setter", "[JsonInclude]", new Frozen(1));

    [Fact]
    public void Encode_TwoConstructors_AsksWhichOne() =>
        HasFault(
            "ArtifactCodecEncodeFaultTests.TwoConstructors: ArtifactCodecEncodeFaultTests.TwoConstructors has no constructor that can be used",
            "[JsonConstructor]",
            new TwoConstructors(1));

    [Fact]
    public void Encode_ConstructorParameterWithoutMember_NamesIt() =>
        Assert.Contains("takes 'other'", Fault(new Unmatched(1)), StringComparison.Ordinal);

    [Fact]
    public void Encode_CollectionThatCannotBeBuilt_SuggestsAList() =>
        HasFault("BitArray cannot be read back from JSON.", "List<T>", new BitArray(3));

    [Fact]
    public void Encode_CollectionWhoseConstructorThrows_IsRefused() =>
        Assert.Contains("cannot be read back from JSON", Fault(new Touchy(1)), StringComparison.Ordinal);

    [Fact]
    public void Encode_ConverterThatCannotBeCreated_IsRefused() =>
        Assert.Contains("cannot be kept in JSON", Fault(new Misconverted()), StringComparison.Ordinal);

    [Fact]
    public void Encode_DerivedCollectionWithState_NamesTheState() =>
        HasFault(
            "ArtifactCodecEncodeFaultTests.NamedList is a collection, and is stored as its elements; its own 'Name' would be lost",
            "ordinary class or record",
            new NamedList { Name = "a" });

    [Fact]
    public void Encode_TensorInAnObject_IsRefused() =>
        Assert.Contains("cannot be read back", Fault(new List<Tensor<int>> { Tensor.Create<int>([1]) }), StringComparison.Ordinal);

    [Fact]
    public void Encode_MatrixInAnObject_IsRefused() =>
        HasFault("List<string[,]>[] is an array of several dimensions", "array of arrays", new List<string[,]> { new string[1, 1] });

    [Fact]
    public void Encode_MatrixOfStrings_IsRefused() =>
        HasFault("string[,] is an array of several dimensions", "array of arrays", new string[1, 1]);

    [Fact]
    public void Encode_KeyThatIsNoName_IsRefused() =>
        Assert.Contains("keys of type (int, int)", Fault(new Dictionary<(int, int), int> { [(1, 2)] = 3 }), StringComparison.Ordinal);

    [Fact]
    public void Encode_IncludedFileInAnObject_IsRefused() =>
        HasFault("List<IncludedFile>[] is an included file", "parameter", new List<IncludedFile> { IncludedFile.FromText("a") });

    [Fact]
    public void Encode_IncludedFileThatIsNotStored_IsRefused() =>
        HasFault("the content of the included file 'memory' is not in the store", "byte[]", IncludedFile.FromText("a"));

    [Theory]
    [InlineData("a", 0xd800, "b", 1)]
    [InlineData("", 0xdc00, "", 0)]
    [InlineData("🚀", 0xd83d, "", 2)]
    public void Encode_HalfASurrogatePair_IsRefusedEverywhere(string before, int half, string after, int position)
    {
        // An attribute cannot hold the text itself.
        var text = before + (char)half + after;

        HasFault($"the string has half of a surrogate pair at position {position}", "byte[]", text);
        HasFault($"a string in it has half of a surrogate pair at position {position}", "byte[]", new List<string> { text });
        HasFault($"a string in it has half of a surrogate pair at position {position}", "byte[]", new Dictionary<string, int> { [text] = 1 });
    }

    [Fact]
    public void Encode_HalfASurrogatePairAsChar_IsRefused() => HasFault("a string in it has half", "byte[]", '\ud800');

    [Fact]
    public void Encode_MemberBehindObject_IsCheckedToo() =>
        HasFault(
            "ArtifactCodecEncodeFaultTests.PrivateSetter.Value has no public setter",
            "init accessor",
            new Dictionary<string, object> { ["a"] = new PrivateSetter() });

    [Fact]
    public void Encode_GetterThatThrows_NamesItsFault() =>
        HasFault("InvalidOperationException while ArtifactCodecEncodeFaultTests.Throwing was written: not now", "[JsonIgnore]", new Throwing());

    [Fact]
    public void Encode_HugeInteger_IsRefused() =>
        HasFault("it has 100001 digits, and 100000 is the most.", "byte[]", BigInteger.Pow(10, 100_000));

    [Fact]
    public void Encode_ArrayThatDoesNotBeginAtZero_IsRefused() =>
        HasFault("dimension 1 of the array begins at 5", "Copy it", (double[,])Array.CreateInstance(typeof(double), [2, 2], [0, 5]));

    [Fact]
    public void Encode_BareObject_IsRefused() => HasFault("it is a bare object", "Store a value", new object());

    [Fact]
    public void Encode_ComputedProperty_IsNeitherWrittenNorMissed()
    {
        var content = ArtifactCodec.Encode("x", new Movie("Alien", 1979, Genre.Horror));

        Assert.DoesNotContain("IsOld", System.Text.Encoding.UTF8.GetString(content.Bytes.FirstSpan), StringComparison.Ordinal);
    }

    [Fact]
    public void Encode_WhatAttributesAndNamesExplain_IsStored()
    {
        var value = new Explained(7) { Ignored = 5 };
        value.SetHidden(3);

        var content = ArtifactCodec.Encode("x", value);
        var read = ArtifactCodec.Decode<Explained>("x", content.Encoding, content.Bytes);

        Assert.Equal((3, 7, 9, 0), (read.Hidden, read.Constructed, read.Manual, read.Ignored));
    }

    private sealed class TinyFlow : FlowSpec;

    private interface IThing
    {
        int A { get; }
    }

    private sealed class Thing : IThing
    {
        public int A { get; set; }
    }

    private abstract class AbstractThing
    {
        public int A { get; set; }
    }

    private sealed class ConcreteThing : AbstractThing;

    private sealed record HasInterface(IThing Thing);

    private sealed class Outer
    {
        public Inner? Inner { get; set; }
    }

    private sealed class Inner
    {
        public Action? Callback { get; set; }
    }

    private sealed class Ring
    {
        public Ring? Next { get; set; }
    }

    private class Animal
    {
        public int Legs { get; set; }
    }

    private sealed class Dog : Animal
    {
        public string? Name { get; set; }
    }

    [JsonDerivedType(typeof(Ball), "ball")]
    private abstract record Rounded;

    private sealed record Ball : Rounded;

    private sealed record Oval : Rounded;

    private sealed class PrivateSetter
    {
        public int Value { get; private set; }

        public void Set(int value) => Value = value;
    }

    private sealed class GetOnlyList
    {
        public List<int> Items { get; } = [];
    }

    private sealed class PrivateField
    {
        private int _state;

        public int A { get; set; }

        public int Next() => ++_state;
    }

    private sealed class Captured(int seed)
    {
        public int Next() => ++seed;
    }

    private sealed class ReadonlyField(int value)
    {
        public readonly int Value = value + 1;

        public ReadonlyField()
            : this(0)
        {
        }
    }

    private readonly struct Frozen(int x)
    {
        public int X { get; } = x;
    }

    private sealed class TwoConstructors
    {
        public TwoConstructors(int a) => A = a;

        public TwoConstructors(int a, int b) => A = a + b;

        public int A { get; }
    }

    private sealed class Unmatched(int other)
    {
        public int Value { get; set; } = other;
    }

    private sealed class Touchy : List<int>
    {
        public Touchy() => throw new InvalidOperationException("not like this");

        public Touchy(int item) => Add(item);
    }

    [JsonConverter(typeof(JsonStringEnumConverter))]
    private sealed class Misconverted;

    private sealed class NamedList : List<int>
    {
        public string? Name { get; set; }
    }

    private sealed class Throwing
    {
        public int A
        {
            get => throw new InvalidOperationException("not now");
            set => _ = value;
        }
    }

    private sealed class Explained(int constructed)
    {
        private readonly Lock _gate = new();

        [NonSerialized]
        private int _calls;

        private int _manual = 9;

        public event EventHandler? Changed;

        [JsonInclude]
        public int Hidden { get; private set; }

        public int Constructed { get; } = constructed;

        public int Manual
        {
            get => _manual;
            set => _manual = value;
        }

        [JsonIgnore]
        public int Ignored { get; set; }

        public void SetHidden(int value)
        {
            lock (_gate)
            {
                _calls++;
                Hidden = value;
                Changed?.Invoke(this, EventArgs.Empty);
            }
        }
    }

    private sealed class Behind
    {
        public Behind? Inner { get; set; }

        public object? Any { get; set; }
    }
}
