using System.Buffers;
using Metaflow.Definitions;
using Metaflow.Extensions;
using Metaflow.Tests.Authoring;

[assembly: Metaflow.MetaflowExtension(typeof(TreeExtension))]

namespace Metaflow.Tests.Authoring;

public sealed class ExtensionTests
{
    [Fact]
    public void All_AnnouncedExtension_IsRegisteredByTheGenerator()
    {
        Assert.IsType<TreeSerializer>(ExtensionRegistrations.All.Serializer<Tree>());
        Assert.Null(ExtensionRegistrations.All.Serializer<string>());
        Assert.Equal(1, TreeExtension.Registered);
    }

    [Fact]
    public void Take_TypeOfAnExtension_GivesItsSerializer() => Assert.IsType<TreeSerializer>(ArtifactSerializers.Take<Tree>());

    [Fact]
    public void CreateDecorator_KnownNames_AreNewObjects()
    {
        var registry = new ExtensionRegistry();
        registry.AddDecorator<RetryAttribute>();

        Assert.IsType<ResourcesAttribute>(registry.CreateDecorator("RESOURCES"));
        Assert.NotSame(registry.CreateDecorator("retry"), registry.CreateDecorator("retry"));
        Assert.Null(registry.CreateDecorator("nothing"));
        Assert.Equal(["card", "catch", "concurrency", "resources", "retry", "timeout"], registry.DecoratorNames);
    }

    [Fact]
    public void AddSerializer_SecondOneForAType_NamesBoth()
    {
        var registry = new ExtensionRegistry();
        registry.AddSerializer(new TreeSerializer());
        registry.AddSerializer(new TreeSerializer());

        var fault = Assert.Throws<MetaflowException>(() => registry.AddSerializer(new OtherTreeSerializer()));

        Assert.Contains(nameof(TreeSerializer), fault.Message, StringComparison.Ordinal);
        Assert.Contains(nameof(OtherTreeSerializer), fault.Message, StringComparison.Ordinal);
    }

    private sealed class OtherTreeSerializer : TreeSerializerBase;
}

/// <summary>A type that only its own serializer can store.</summary>
internal sealed record Tree(string Text);

/// <summary>Announced to every program that refers to this assembly, and to this assembly itself.</summary>
public sealed class TreeExtension : IMetaflowExtension
{
    private static int _registered;

    /// <summary>How many times the extension was registered.</summary>
    public static int Registered => _registered;

    /// <inheritdoc/>
    public void Register(IExtensionRegistry registry)
    {
        Interlocked.Increment(ref _registered);
        registry.AddSerializer(new TreeSerializer());
    }
}

internal abstract class TreeSerializerBase : IArtifactSerializer<Tree>
{
    public string Encoding => "test.tree";

    public void Serialize(Tree value, IBufferWriter<byte> output) => output.Write(System.Text.Encoding.UTF8.GetBytes(value.Text));

    public Tree Deserialize(ReadOnlySequence<byte> input) => new(System.Text.Encoding.UTF8.GetString(input.ToArray()));
}

internal sealed class TreeSerializer : TreeSerializerBase;
