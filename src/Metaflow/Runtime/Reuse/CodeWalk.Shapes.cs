using System.Globalization;
using System.Reflection.Metadata;
using System.Text;

namespace Metaflow.Runtime.Reuse;

/// <summary>What of types and attributes counts: whatever a serializer or a decorator can see of them.</summary>
internal sealed partial class CodeWalk
{
    private void WriteShape(CodeType type)
    {
        var before = _text;
        _text = new();
        var (reader, definition) = (type.Module.Reader, type.Definition);
        _text.Append(CultureInfo.InvariantCulture, $"type {NameOf(type)} {(int)definition.Attributes:x}\n");
        WriteAttributes(type.Module, definition.GetCustomAttributes());
        foreach (var handle in definition.GetFields())
        {
            var field = new CodeField(type.Module, handle);
            _text.Append(CultureInfo.InvariantCulture, $"field {NameOf(field)} {(int)field.Definition.Attributes:x} {field.Definition.DecodeSignature(Texts(type.Module, Meet), null).Text}");
            if (field.Definition.GetDefaultValue() is { IsNil: false } constant)
            {
                _text.Append(' ').Append(Convert.ToHexStringLower(reader.GetBlobBytes(reader.GetConstant(constant).Value)));
            }

            _text.Append('\n');
            WriteAttributes(type.Module, field.Definition.GetCustomAttributes());
        }

        foreach (var handle in definition.GetProperties())
        {
            var property = reader.GetPropertyDefinition(handle);
            _text.Append(CultureInfo.InvariantCulture, $"property {reader.GetString(property.Name)} {property.DecodeSignature(Texts(type.Module, Meet), null).ReturnType.Text}\n");
            WriteAttributes(type.Module, property.GetCustomAttributes());
        }

        Finish(universe.NameOf(type));
        _text = before;
    }

    private void WriteAttributes(CodeModule module, CustomAttributeHandleCollection handles)
    {
        foreach (var (type, own, blob) in Attributes(module, handles).OrderBy(attribute => attribute.Type + attribute.Blob, StringComparer.Ordinal))
        {
            // Names of generated types in attributes of the compiler carry its numbers.
            if (WithoutEffect.Contains(type) || type.StartsWith("System.Runtime.CompilerServices.", StringComparison.Ordinal)
                || type.StartsWith("System.Diagnostics.", StringComparison.Ordinal) || type.StartsWith("System.CodeDom.", StringComparison.Ordinal))
            {
                continue;
            }

            _text.Append(CultureInfo.InvariantCulture, $"[{type} {blob}]\n");
            if (own is { } declared)
            {
                Meet(declared);
            }

            MeetNamed(Convert.FromHexString(blob));
        }
    }

    /// <summary>An attribute may name types, such as converters, and whoever reads it may create them.</summary>
    private void MeetNamed(byte[] blob)
    {
        for (var at = 1; at < blob.Length; at++)
        {
            // A text stands after its length, which has one byte or two. What only looks like one does no harm.
            var length = blob[at - 1] < 0x80 ? blob[at - 1] : -1;
            if (at > 1 && blob[at - 2] is >= 0x80 and < 0xC0 and var high)
            {
                length = Math.Max(length, ((high & 0x3F) << 8) | blob[at - 1]);
            }

            if (length > 0 && length <= blob.Length - at)
            {
                // Of a generic type the arguments count too: they stand in brackets, and assemblies after commas.
                foreach (var type in Encoding.UTF8.GetString(blob, at, length).Split('[', ']').SelectMany(name => universe.Find(name.Split(',')[0])))
                {
                    Meet(type);
                }
            }
        }
    }

    private IEnumerable<(string Type, CodeType? Own, string Blob)> Attributes(CodeModule module, CustomAttributeHandleCollection handles)
    {
        foreach (var handle in handles)
        {
            var attribute = module.Reader.GetCustomAttribute(handle);
            var blob = Convert.ToHexStringLower(module.Reader.GetBlobBytes(attribute.Value));
            if (attribute.Constructor.Kind == HandleKind.MethodDefinition)
            {
                var own = new CodeMethod(module, (MethodDefinitionHandle)attribute.Constructor).Type;
                yield return (universe.NameOf(own), own, blob);
            }
            else
            {
                var parent = module.Reader.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent;
                var type = CodeUniverse.Resolve(Texts(module, Meet), module, parent);
                yield return (type.Type is { } own ? universe.NameOf(own) : type.FullName ?? "", type.Type, blob);
            }
        }
    }
}
