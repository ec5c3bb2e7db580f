using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace Metaflow.Artifacts.Json;

/// <summary>How objects are written as JSON.</summary>
internal static class JsonFormat
{
    /// <summary>The deepest nesting. It stays clear of the end of the stack of a pool thread.</summary>
    public const int MaximumDepth = 512;

    /// <summary>The serializer's options. Created when the first value needs them: it is slow to start.</summary>
    public static JsonSerializerOptions Options => LazyOptions.Value;

    public static JsonWriterOptions WriterOptions { get; } = new()
    {
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        MaxDepth = MaximumDepth + 1,
        SkipValidation = true,
    };

    public static JsonReaderOptions ReaderOptions { get; } = new() { MaxDepth = MaximumDepth };

    /// <summary>Apart, so that what needs only a reader or a writer does not wait for the serializer.</summary>
    private static class LazyOptions
    {
        public static readonly JsonSerializerOptions Value = CreateOptions(ArtifactSerializers.TakeJsonResolvers());
    }

    /// <summary>The options, with metadata that was made when the program was built.</summary>
    internal static JsonSerializerOptions CreateOptions(IReadOnlyList<IJsonTypeInfoResolver> resolvers)
    {
        var reflection = new DefaultJsonTypeInfoResolver();
        var options = new JsonSerializerOptions
        {
            AllowDuplicateProperties = false,
            // Text stays readable; what is shown on a web page is escaped there.
            Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
            IncludeFields = true,
            MaxDepth = MaximumDepth,
            NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals,
            RespectRequiredConstructorParameters = true,
            // A member that the type lacks would be lost when the value is stored again.
            UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
            TypeInfoResolver = JsonTypeInfoResolver
                .Combine([.. resolvers, reflection])
                .WithAddedModifier(JsonContract.Refine),
        };
        options.Converters.Add(new StringConverter());
        options.Converters.Add(new CharConverter());
        options.Converters.Add(new FloatingPointConverter<double>());
        options.Converters.Add(new FloatingPointConverter<float>());
        options.Converters.Add(new FloatingPointConverter<Half>());
        options.Converters.Add(new FloatingPointConverter<decimal>());
        options.Converters.Add(new BigIntegerConverter());
        options.Converters.Add(new ComplexConverter());
        options.Converters.Add(new CollectionConverterFactory());
        options.Converters.Add(new JsonNpy.NumericArrayConverterFactory());
        options.Converters.Add(new JsonStringEnumConverter());
        options.MakeReadOnly();
        return options;
    }
}
