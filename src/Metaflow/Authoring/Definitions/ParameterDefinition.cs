using System.ComponentModel;
using Metaflow.Artifacts;
using Metaflow.Binding;
using Metaflow.Storage;

namespace Metaflow.Definitions;

/// <summary>A parameter of a flow. Generated; not for hand-written code.</summary>
[EditorBrowsable(EditorBrowsableState.Never)]
public abstract class ParameterDefinition
{
    private protected ParameterDefinition(string name) => Name = name;

    /// <summary>The property's name.</summary>
    public string Name { get; }

    /// <summary>The property's type.</summary>
    public abstract Type Type { get; }

    /// <summary>The attribute as written on the property.</summary>
    public ParameterAttribute Attribute { get; init; } = new();

    /// <summary>Whether the property is marked <c>required</c>.</summary>
    public bool IsRequired { get; init; }

    /// <summary>Whether the property's type is a nullable reference type or <see cref="Nullable{T}"/>.</summary>
    public bool IsNullable { get; init; }

    /// <summary>The file path of an <see cref="IncludedFile"/> initialiser, and the like: the initialiser as written.</summary>
    public string? InitializerText { get; init; }

    /// <summary>The option's name without dashes, which is also what the environment variable is made of.</summary>
    internal string OptionName => Attribute.Name ?? Naming.ToKebabCase(Name);

    /// <summary>Whether a default is computed when a run starts.</summary>
    internal abstract bool HasComputedDefault { get; }

    /// <summary>Sets the value from text.</summary>
    /// <exception cref="UsageException">The text is not a value of the type.</exception>
    internal abstract void Bind(FlowSpec flow, RawValue raw);

    /// <summary>Sets the value to the computed default, if there is one.</summary>
    internal abstract void BindComputedDefault(FlowSpec flow, ParameterContext context);

    /// <summary>The value that <paramref name="flow"/> holds, as it would be given on the command line; <see langword="null"/> for none.</summary>
    internal abstract string? Format(FlowSpec flow);

    /// <summary>The file that the value names; <see langword="null"/> if it is no file, or none is given.</summary>
    internal abstract IncludedFile? File(FlowSpec flow);

    /// <summary>Sets the value of a parameter that is a file.</summary>
    internal abstract void SetFile(FlowSpec flow, IncludedFile file);

    /// <summary>Stores the value that <paramref name="flow"/> holds.</summary>
    internal abstract StoredArtifact Keep(FlowSpec flow, BlobStore blobs);

    /// <summary>Prepares to set the stored value on flow objects; what cannot be changed is decoded once.</summary>
    internal abstract Action<FlowSpec> Loader(StoredArtifact stored, ReadOnlyMemory<byte> content, Func<ContentHash, Stream> open);
}

/// <inheritdoc cref="ParameterDefinition"/>
/// <typeparam name="T">The property's type.</typeparam>
/// <param name="name">The property's name.</param>
/// <param name="get">Reads the property.</param>
/// <param name="set">Sets the property, past its <c>init</c> accessor.</param>
/// <param name="computeDefault">The method named by <see cref="ParameterAttribute.DefaultFrom"/>.</param>
[EditorBrowsable(EditorBrowsableState.Never)]
public sealed class ParameterDefinition<T>(
    string name, Func<FlowSpec, T> get, Action<FlowSpec, T> set, Func<ParameterContext, T>? computeDefault = null)
    : ParameterDefinition(name)
{
    /// <inheritdoc/>
    public override Type Type => typeof(T);

    /// <summary>Reads the property.</summary>
    public Func<FlowSpec, T> Get { get; } = get;

    /// <summary>Sets the property.</summary>
    public Action<FlowSpec, T> Set { get; } = set;

    /// <summary>Computes the default, or <see langword="null"/>.</summary>
    public Func<ParameterContext, T>? ComputeDefault { get; } = computeDefault;

    internal override bool HasComputedDefault => ComputeDefault is not null;

    internal override void Bind(FlowSpec flow, RawValue raw) => Set(flow, ValueBinding.Parse<T>(raw, Attribute.Separator));

    internal override void BindComputedDefault(FlowSpec flow, ParameterContext context)
    {
        if (ComputeDefault is not null)
        {
            Set(flow, ComputeDefault(context));
        }
    }

    internal override string? Format(FlowSpec flow) => ValueFormatting.Format(Get(flow), Attribute.Separator);

    internal override IncludedFile? File(FlowSpec flow) => typeof(T) == typeof(IncludedFile) ? (IncludedFile?)(object?)Get(flow) : null;

    internal override void SetFile(FlowSpec flow, IncludedFile file) => Set(flow, (T)(object)file);

    internal override StoredArtifact Keep(FlowSpec flow, BlobStore blobs)
    {
        var value = Get(flow);
        var content = value is IncludedFile file ? IncludedFileContent.Keep(Name, file, blobs) : ArtifactCodec.Encode(Name, value);
        return ArtifactKeeper.Keep(blobs, content, Name);
    }

    internal override Action<FlowSpec> Loader(StoredArtifact stored, ReadOnlyMemory<byte> content, Func<ContentHash, Stream> open)
    {
        if (stored.Encoding == IncludedFileContent.Encoding)
        {
            var file = (T)(object)IncludedFileContent.Open(content, open);
            return flow => Set(flow, file);
        }

        if (!ArtifactCodec.IsMutable<T>())
        {
            var value = ArtifactCodec.Decode<T>(Name, stored.Encoding, content);
            return flow => Set(flow, value);
        }

        // Content that is not inline may be mapped into memory, and gone when the value is read once more.
        var kept = stored.Inline is null ? content.ToArray() : content;
        return flow => Set(flow, ArtifactCodec.Decode<T>(Name, stored.Encoding, kept));
    }
}
