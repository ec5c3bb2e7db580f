using System.Buffers.Binary;
using System.IO.Compression;
using System.Numerics.Tensors;
using Metaflow.Cards;

namespace Metaflow.Tests.Cards.Components;

public sealed class ImageTests
{
    [Fact]
    public void From_Matrix_ScalesFromTheLeastToTheLargest()
    {
        var (width, height, channels, pixels) = Decode(Image.From(new double[,] { { -10, 0, 10 }, { double.NaN, 10, -10 } }));

        Assert.Equal((3, 2, 1), (width, height, channels));
        Assert.Equal([0, 128, 255, 0, 255, 0], pixels);
    }

    [Fact]
    public void From_Fractions_KeepTheirMeaning() => Assert.Equal([0, 64, 128], Decode(Image.From(new float[,] { { 0, 0.25f, 0.5f } })).Pixels);

    [Fact]
    public void From_Bytes_AreTakenAsTheyAre() => Assert.Equal([7, 8], Decode(Image.From(new byte[,] { { 7, 8 } })).Pixels);

    [Fact]
    public void From_ThreeDimensions_IsInColour()
    {
        var image = Decode(Image.From(new byte[,,] { { { 1, 2, 3 }, { 4, 5, 6 } } }));

        Assert.Equal((2, 1, 3), (image.Width, image.Height, image.Channels));
        Assert.Equal([1, 2, 3, 4, 5, 6], image.Pixels);
    }

    [Fact]
    public void From_Tensor_IsLikeTheArray() => Assert.Equal(
        [0, 255, 255, 0], Decode(Image.From(Tensor.Create((int[])[3, 9, 9, 3], [2, 2]))).Pixels);

    [Fact]
    public void From_Viridis_BeginsDarkAndEndsYellow() =>
        Assert.Equal([68, 1, 84, 253, 231, 37], Decode(Image.From(new int[,] { { 0, 100 } }, colors: ColorScale.Viridis)).Pixels);

    [Theory]
    [InlineData(0, 3)]
    [InlineData(3, 0)]
    public void From_NoPixels_IsRefused(int height, int width) => Assert.Throws<ArgumentException>(() => Image.From(new double[height, width]));

    [Fact]
    public void From_TwoChannels_IsRefused() => Assert.Throws<ArgumentException>(() => Image.From(new byte[1, 1, 2]));

    [Fact]
    public void Image_OfNoPicture_IsRefused() => Assert.Throws<ArgumentException>(() => new Image("hello"u8));

    [Theory]
    [InlineData("iVBORw0KGgo=", "image/png")]
    [InlineData("/9j/4AAQ", "image/jpeg")]
    [InlineData("R0lGODlh", "image/gif")]
    [InlineData("UklGRgAAAABXRUJQ", "image/webp")]
    public void Image_KnownFile_HasItsType(string base64, string type) =>
        Assert.Contains($"src=\"data:{type};base64,{base64}\"", Html(new Image(Convert.FromBase64String(base64))), StringComparison.Ordinal);

    [Theory]
    [InlineData("<svg xmlns='http://www.w3.org/2000/svg'/>")]
    [InlineData("<?xml version=\"1.0\"?>\n<!-- c -->\n<svg/>")]
    public void FromSvg_Text_StaysAPicture(string svg)
    {
        var html = Html(Image.FromSvg(svg, "\"><script>"));

        Assert.Contains("src=\"data:image/svg+xml;base64,", html, StringComparison.Ordinal);
        Assert.Contains("alt=\"&quot;&gt;&lt;script&gt;\"", html, StringComparison.Ordinal);
    }

    private static string Html(CardComponent component) => new CardHtml().Component(component).ToString();

    private static (int Width, int Height, int Channels, byte[] Pixels) Decode(Image image)
    {
        var html = Html(image);
        var png = Convert.FromBase64String(html[(html.IndexOf("base64,", StringComparison.Ordinal) + 7)..].Split('"')[0]);
        var (width, height) = (BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(16)), BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(20)));
        var channels = png[25] switch { 0 => 1, 4 => 2, 2 => 3, _ => 4 };
        Assert.Equal("IDAT"u8.ToArray(), png[37..41]);
        using var zlib = new ZLibStream(new MemoryStream(png, 41, BinaryPrimitives.ReadInt32BigEndian(png.AsSpan(33))), CompressionMode.Decompress);
        using var raw = new MemoryStream();
        zlib.CopyTo(raw);
        var rows = raw.ToArray().Chunk((width * channels) + 1).ToList();
        Assert.Equal(height, rows.Count);
        Assert.All(rows, row => Assert.Equal(0, row[0]));
        return (width, height, channels, [.. rows.SelectMany(row => row.Skip(1))]);
    }
}
